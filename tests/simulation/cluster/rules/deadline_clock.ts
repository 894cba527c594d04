/** Measures how long something has been due. */

export interface Deadline {
  readonly isDue: boolean;
  /** Nobody can be blamed at this moment: the clock stands still. */
  readonly isExcused: boolean;
  /** Whose deadline it is: another drbdd starts over. */
  readonly whose: unknown;
}

export class DeadlineClock {
  #dueMs = 0;
  #lookedMs: number | undefined;
  #whose: unknown;

  /** Milliseconds for which the deadline has been due, without excuse, since it arose. */
  look(nowMs: number, { isDue, isExcused, whose }: Deadline): number {
    if (!isDue || this.#whose !== whose) this.#dueMs = 0;
    else if (this.#lookedMs !== undefined) this.#dueMs += nowMs - this.#lookedMs;
    this.#whose = whose;
    this.#lookedMs = isDue && !isExcused ? nowMs : undefined;
    return this.#dueMs;
  }
}

/** A deadline that a peer brings about, for each of them: where one goes and another comes, it starts over. */
export class PeerDeadlineClocks {
  readonly #clocks = new Map<string, DeadlineClock>();

  /** The longest for which one of `peers` has brought it about. */
  look(nowMs: number, peers: readonly string[], deadline: Omit<Deadline, "isDue">): number {
    for (const peer of peers) if (!this.#clocks.has(peer)) this.#clocks.set(peer, new DeadlineClock());
    let longestMs = 0;
    for (const [peer, clock] of this.#clocks) {
      longestMs = Math.max(longestMs, clock.look(nowMs, { ...deadline, isDue: peers.includes(peer) }));
    }
    return longestMs;
  }
}
