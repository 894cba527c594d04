/** How long drbdd of a node has not seen what happens: what it then learns, and does, is so much later. */

/** What is learnt late leads to something so much later at most; two gaps closer than this are one. */
const JUST_NOW_MS = 3_000;

export class Blindness {
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

  /** So long it has lasted, or did until just now. */
  durationMs(nowMs: number): number {
    if (this.#sinceMs !== undefined) return nowMs - this.#sinceMs;
    const { endMs, durationMs } = this.#last;
    return nowMs - endMs < JUST_NOW_MS ? durationMs : 0;
  }
}
