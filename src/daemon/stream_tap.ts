/** A follower of the daemon: of what drbdsetup prints, and of what only the daemon finds out. Nothing waits for it. */
import type { ObservedPromoter } from "../health/observed.ts";
import type { Decision } from "./status/decision_log.ts";

export interface StreamTap {
  /** drbdsetup was started: its dump comes next. */
  started(): void;
  /** The daemon is about to take these bytes; they are good until this returns. */
  chunk(bytes: Uint8Array): void;
  /** The daemon has applied all bytes so far. */
  taken(): void;
  /** drbdsetup is gone; why, in words. */
  ended(reason: string): void;
  /** drbdsetup was asked for counters. */
  countersAsked(): void;
  decided(resource: string, decision: Decision): void;
  /** Decisions of an earlier daemon, oldest first: before all since. */
  restored(resource: string, earlier: readonly Decision[]): void;
  /** What the promoter knows of a resource; undefined: no promoter manages it any more. */
  promoter(resource: string, promoter: ObservedPromoter | undefined): void;
  /** The daemon stops, after its plugins: nothing more will come. */
  finished(): void;
  /** DRBD called its helper. */
  splitBrain(resource: string, peerNodeId: number): void;
  /** The version of DRBD's kernel module was found. */
  module(version: string): void;
}

/** No follower. */
export const NO_TAP: StreamTap = {
  started() {},
  chunk() {},
  taken() {},
  ended() {},
  countersAsked() {},
  decided() {},
  restored() {},
  promoter() {},
  splitBrain() {},
  module() {},
  finished() {},
};
