/**
 * What the two threads send each other: all of it plain data. The state goes over as drbdsetup printed it, in bytes, and both
 * threads make the same of it.
 */
import type { Decision } from "../daemon/status/decision_log.ts";
import type { Statistics } from "../daemon/status/statistics.ts";
import type { ObservedPromoter } from "../health/observed.ts";
import type { LogLevel, PlainRecord } from "../logging/logging.ts";

/** A plugin to be run in the monitor thread. */
export interface MonitorInstance {
  /** Its name. */
  readonly plugin: string;
  /** What its schema made of the configuration. */
  readonly config: unknown;
}

/** What the thread does. */
export interface MonitorSettings {
  readonly instances: readonly MonitorInstance[];
  /** Minimum level of log records that are sent. */
  readonly logLevel: LogLevel;
}

/** What the thread cannot determine itself, as it has no access to the system. */
export interface NodeEnvironment {
  readonly node: string;
  readonly pid: number;
  /** Where servers may put sockets of their own; undefined: in the system's place for temporary files. */
  readonly socketFolder: string | undefined;
}

/** What the deciding thread knows that drbdsetup does not print. */
export interface Memory {
  /** The last decisions about each resource, oldest first. */
  readonly decisions: ReadonlyMap<string, readonly Decision[]>;
  /** What the promoter knows of each resource that it manages. */
  readonly promoters: ReadonlyMap<string, ObservedPromoter>;
  /** Node ids of peers with which DRBD found a split brain, by resource. */
  readonly splitBrains: ReadonlyMap<string, readonly number[]>;
  /** Of DRBD's kernel module; undefined if it was not found out yet. */
  readonly moduleVersion: string | undefined;
}

/** What only the deciding thread can find out: it may run programs. */
export interface Answers {
  readonly statistics: Statistics;
  /** This node's id in each resource; what cannot be found out is missing. */
  readonly nodeIds: ReadonlyMap<string, number>;
}

export type Question = keyof Answers;

/** From the deciding thread to the monitor thread. */
export type ToMonitor =
  /** Comes first. */
  | {
    readonly kind: "begin";
    readonly nodeEnvironment: NodeEnvironment;
    readonly settings: MonitorSettings;
    readonly memory: Memory;
    /** A dump comes next, which is read before plugins begin: they never show less than is known. */
    readonly dumpFollows: boolean;
  }
  /** A new configuration. */
  | { readonly kind: "reload"; readonly settings: MonitorSettings }
  /** drbdsetup was started: its dump comes next. */
  | { readonly kind: "started" }
  /** What drbdsetup printed, cut anywhere. */
  | { readonly kind: "chunk"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The whole state as a dump, then the received part of an unfinished line. */
  | { readonly kind: "dump"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** From here on the state is not kept up to date; why, in words. */
  | { readonly kind: "stale"; readonly reason: string }
  /** drbdsetup was asked for counters. */
  | { readonly kind: "countersAsked" }
  | { readonly kind: "decision"; readonly resource: string; readonly decision: Decision }
  /** Decisions of an earlier daemon, oldest first: before all since. */
  | { readonly kind: "restored"; readonly resource: string; readonly decisions: readonly Decision[] }
  /** What the promoter knows of a resource; undefined: no promoter manages it any more. */
  | { readonly kind: "promoter"; readonly resource: string; readonly promoter: ObservedPromoter | undefined }
  /** DRBD called its helper. */
  | { readonly kind: "splitBrain"; readonly resource: string; readonly peerNodeId: number }
  /** The version of DRBD's kernel module. */
  | { readonly kind: "module"; readonly version: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answers[Question] }
  /** Ends the thread: `stopped` is its last message. */
  | { readonly kind: "stop" };

/** From the monitor thread to the deciding thread. */
export type FromMonitor =
  /** So many bytes of chunks and dumps were taken. */
  | { readonly kind: "taken"; readonly bytes: number }
  | { readonly kind: "log"; readonly record: PlainRecord }
  | { readonly kind: "question"; readonly id: number; readonly question: Question }
  /** Whether counters are being watched. */
  | { readonly kind: "watching"; readonly isWatching: boolean }
  /** The thread cannot continue, with the reason. It has to be ended. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped" };

/** One end of the wire. Messages arrive in order. */
export interface Wire<Out, In> {
  /** The buffers in `transfer` are the other side's from here on. */
  send(message: Out, transfer?: readonly ArrayBuffer[]): void;
  /** Called with each message that comes. */
  onMessage: (message: In) => void;
}
