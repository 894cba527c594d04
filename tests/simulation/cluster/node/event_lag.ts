/** How long drbdd of a node has not seen what happens: what it then learns, and does, is so much later. */

/** What is learnt late leads to something so much later at most; two gaps closer than this are one. */
const JUST_NOW_MS = 3_000;
/** What happened at the end of it is learnt so much later; what happened so long before it may not have been learnt. */
const LEARNT_MS = 200;

export class EventLag {
  #sinceMs: number | undefined;
  #last = { endMs: -Infinity, durationMs: 0 };

  look(isAlert: boolean, nowMs: number): void {
    const { endMs, durationMs } = this.#last;
    if (!isAlert) {
      this.#sinceMs ??= nowMs - endMs < JUST_NOW_MS ? endMs - durationMs : nowMs;
    } else if (this.#sinceMs !== undefined) {
      this.#last = { endMs: nowMs, durationMs: nowMs - this.#sinceMs };
      this.#sinceMs = undefined;
    }
  }

  /** Whether it was so at `atMs`, as far back as the last time. */
  covers(atMs: number, nowMs: number): boolean {
    if (this.#sinceMs !== undefined) return atMs >= this.#sinceMs - LEARNT_MS && atMs <= nowMs;
    const { endMs, durationMs } = this.#last;
    return atMs >= endMs - durationMs - LEARNT_MS && atMs <= endMs + LEARNT_MS;
  }

  /** So long it has lasted, or did until just now. */
  durationMs(nowMs: number): number {
    if (this.#sinceMs !== undefined) return nowMs - this.#sinceMs;
    const { endMs, durationMs } = this.#last;
    return nowMs - endMs < JUST_NOW_MS ? durationMs : 0;
  }
}
