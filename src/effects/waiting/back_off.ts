/** Growing delays between attempts at what keeps failing. */

export interface BackOffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Each delay is twice the one before, up to the longest. */
export class BackOff {
  #nextMs: number;

  constructor(readonly limits: BackOffLimits) {
    this.#nextMs = limits.firstMs;
  }

  /** The delay before the next attempt, in milliseconds. */
  next(): number {
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(delayMs * 2, this.limits.longestMs);
    return delayMs;
  }

  /** After a success: the next delay is the first one again. */
  reset(): void {
    this.#nextMs = this.limits.firstMs;
  }
}
