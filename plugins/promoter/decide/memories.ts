/** What the state machine remembers of units and peers. */

/** A unit that failed was started again, or was seen to have failed. */
export interface Restart {
  readonly unit: string;
  readonly atMs: number;
}

/**
 * A unit that died for good while the services run. `excused`: in an outage, so it has not failed. `leave`: the services
 * go to a peer, as soon as one can take over.
 */
export interface DeadUnit {
  readonly unit: string;
  readonly kind: "excused" | "restart" | "leave";
  /** It is started again here, at the earliest. */
  readonly atMs: number;
}

/** A better node of preferred-nodes that is connected and has UpToDate data. */
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
  /** Who is Primary after it, and since when; nobody, if undefined. */
  readonly primary: string | undefined;
  readonly sinceMs: number;
}

/** A node did not take over: so often in a row, and until when nothing moves to it. */
export interface Setback {
  readonly peer: string;
  readonly times: number;
  readonly untilMs: number;
}
