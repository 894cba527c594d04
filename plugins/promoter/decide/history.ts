/** What the state machine remembers about units and peers. */

/** A unit was restarted after it failed, or seen to have failed. */
export interface Restart {
  readonly unit: string;
  readonly atMs: number;
}

/**
 * A unit that failed for good while the services run. `excused`: during an outage, so it does not count. `leave`: the services move to
 * a peer as soon as one can take over.
 */
export interface FailedUnit {
  readonly unit: string;
  readonly kind: "excused" | "restart" | "leave";
  /** When it is restarted here, at the earliest. */
  readonly atMs: number;
}

/** A better node of preferred-nodes that is connected and UpToDate. */
export interface BetterPeer {
  readonly peer: string;
  /** Since when, without interruption. */
  readonly sinceMs: number;
  /** The services are to move to it. */
  readonly isWanted: boolean;
}

/** The services were stopped so that `peer` takes over. */
export interface Move {
  readonly peer: string;
  /** Which peer is Primary since then, and since when; undefined if none. */
  readonly primary: string | undefined;
  readonly sinceMs: number;
}

/** Failed moves to a node: how many in a row, and until when no further one is made. */
export interface Setback {
  readonly peer: string;
  readonly times: number;
  readonly untilMs: number;
}
