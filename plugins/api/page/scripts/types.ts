/** Types of the API, as far as the page uses them. Nothing of this file reaches the browser. */

export interface Device {
  readonly volume: number;
  readonly minor?: number;
  readonly "disk-state": string;
  readonly client: boolean;
  readonly open: boolean;
  readonly quorum: boolean;
  readonly "backing-dev": string | null;
  /** KiB, as all amounts here. */
  readonly size?: number;
  readonly read?: number;
  readonly written?: number;
}

export interface PeerDevice {
  readonly volume: number;
  readonly "replication-state": string;
  readonly "peer-disk-state": string;
  readonly "peer-client": boolean;
  readonly "resync-suspended": string;
  readonly "out-of-sync"?: number;
  readonly "percent-in-sync"?: number;
  readonly "percent-resync-done"?: number;
  readonly "db1/dt1 [MiB/s]"?: number;
  readonly "estimated-seconds-to-finish"?: number;
}

export interface Host {
  readonly address: string;
  readonly port?: number;
  readonly family?: string;
}

export interface Path {
  readonly this_host: Host;
  readonly remote_host: Host;
  readonly established: boolean;
}

export interface Connection {
  readonly "peer-node-id": number;
  readonly name: string;
  readonly "connection-state": string;
  readonly congested: boolean;
  readonly "peer-role": string;
  readonly paths: readonly Path[];
  readonly peer_devices: readonly PeerDevice[];
}

/** How bad it is, in the words of the health assessment. */
export type Severity = "ok" | "degraded" | "unknown" | "down";

export interface HealthProblem {
  readonly id: string;
  readonly severity: Severity;
  readonly about: string;
  readonly what: string;
  readonly next: string;
  readonly since: string | null;
}

export interface Health {
  readonly severity: Severity;
  /** The worst first. */
  readonly problems: readonly HealthProblem[];
}

export interface Unit {
  readonly name: string;
  readonly "active-state": string;
  readonly "load-state": string;
  readonly "freezer-state": string;
  readonly since: string | null;
}

/** What the promoter of a resource has on this node. */
export interface Promoter {
  readonly file: string;
  readonly phase: string | null;
  readonly since: string | null;
  readonly "on-hold": string | null;
  readonly "waits-for": string | null;
  /** The target, the promote unit, the start list. */
  readonly units: readonly Unit[];
}

export interface Resource {
  readonly name: string;
  readonly health: Health;
  /** Null if none manages it. */
  readonly promoter: Promoter | null;
  readonly role: string;
  readonly suspended: boolean;
  readonly "suspended-user": boolean;
  readonly "suspended-no-data": boolean;
  readonly "suspended-fencing": boolean;
  readonly "suspended-quorum": boolean;
  readonly "force-io-failures": boolean;
  readonly "may-promote": boolean;
  readonly "promotion-score": number;
  readonly devices: readonly Device[];
  readonly connections: readonly Connection[];
}

/** A line of the event stream. */
export type Message =
  | { readonly event: "status"; readonly id?: string; readonly data: Status }
  | { readonly event: "resource"; readonly id?: never; readonly data: Resource }
  | { readonly event: "gone"; readonly id?: never; readonly data: { readonly name: string } }
  | { readonly event: "snapshot-end"; readonly id?: string; readonly data: { readonly resources: number } }
  | { readonly event: "update"; readonly id?: string; readonly data: Update }
  | { readonly event: "reset"; readonly id?: string; readonly data: { readonly reason: string } }
  | { readonly event: "heartbeat"; readonly id?: string };

export interface Status {
  readonly node: string;
  readonly version: string;
  readonly stale: boolean;
  readonly reason: string | null;
  /** Problems of the node as a whole. Older daemons do not send it. */
  readonly problems?: readonly HealthProblem[];
}

export interface Update {
  readonly time: string;
  /** `NAME KIND WHICH: what changed` */
  readonly text: string;
  readonly kind: "resource" | "device" | "connection" | "peer-device" | "path" | "helper";
  readonly type: string;
  readonly name: string;
  readonly volume?: number;
  readonly "peer-node-id"?: number;
  readonly local?: string;
  readonly peer?: string;
  readonly helper?: string;
  readonly status?: number;
}

export interface Decision {
  readonly time: string;
  readonly plugin: string;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

/**
 * Severity: `critical` is down, `unknown` may be down, `warning` is degraded, and `syncing` is degraded while a running
 * resync fixes it.
 */
export type Level = "critical" | "unknown" | "warning" | "syncing" | "ok";

export interface Problem {
  readonly level: "critical" | "unknown" | "warning";
  readonly text: string;
  /** What to do. */
  readonly next: string;
  /** Since when it is known, as the API says it. */
  readonly since: string | null;
}

/** A resync or verify. */
export interface Sync {
  readonly text: string;
  /** Undefined while it is not known. */
  readonly percent: number | undefined;
  /** Rate and time left, or why it waits. */
  readonly detail: string;
  readonly isPaused: boolean;
}

/** A small label in a row. */
export interface Chip {
  readonly text: string;
  readonly tone: "good" | "bad" | "worse" | "busy" | "plain";
  /** What goes with it in small letters. */
  readonly note?: string;
}

/** The summary of a resource. */
export interface Assessment {
  readonly level: Level;
  readonly problems: readonly Problem[];
  readonly syncs: readonly Sync[];
  readonly isPrimaryHere: boolean;
  /** Peers that are Primary. */
  readonly primaries: readonly string[];
  /** Whether a peer may be Primary that cannot be seen. */
  readonly isPrimaryUnseen: boolean;
  readonly disks: readonly Chip[];
  readonly peers: readonly Chip[];
  /** The text that filters match, in lower case. */
  readonly words: string;
}

/** State of the connection to the daemon. */
export type Link = "connecting" | "live" | "lost" | "token";

/** What the page knows of the daemon and its connection to it. */
export interface PageState {
  status: Status | undefined;
  link: Link;
  /** Why there is no connection. */
  why: string;
  /** A first snapshot was complete. */
  isKnown: boolean;
  /** The version of the daemon that sent this page. */
  firstVersion: string;
  lastHeard: Date;
  /** When the daemon lost its connection to DRBD. */
  staleSince: Date | undefined;
}
