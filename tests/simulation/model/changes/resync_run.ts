/** One resync of one volume between two nodes, from the exchange of bitmaps to its end. */

/** `End` is what stands for the volume on one side. */
export class ResyncRun<End> {
  /** KiB still to go when it last started or stopped. */
  #leftKib: number;
  /** Since when it moves; undefined while it does not. */
  #sinceMs: number | undefined;
  /** Counts starts and stops: a planned end of an earlier one is void. */
  turn = 0;
  /** Whether the source's data did not depend on a Primary the target cannot see, all the time. */
  stable = true;

  constructor(
    /** The source's view. */
    readonly source: End,
    /** The target's view. */
    readonly target: End,
    readonly totalKib: number,
    readonly rateKibPerS: number,
  ) {
    this.#leftKib = totalKib;
  }

  get isMoving(): boolean {
    return this.#sinceMs !== undefined;
  }

  leftKib(nowMs: number): number {
    if (this.#sinceMs === undefined) return this.#leftKib;
    const doneKib = (nowMs - this.#sinceMs) * this.rateKibPerS / 1000;
    return Math.max(0, Math.floor(this.#leftKib - doneKib));
  }

  /** What drbdsetup prints as `done`, in percent. */
  donePercent(nowMs: number): number {
    return this.totalKib === 0 ? 100 : 100 * (this.totalKib - this.leftKib(nowMs)) / this.totalKib;
  }

  /** What is printed as `eta`, in seconds; undefined if nothing has moved yet. */
  etaSeconds(nowMs: number): number | undefined {
    if (this.#sinceMs === undefined || nowMs === this.#sinceMs) return undefined;
    return this.leftKib(nowMs) / this.rateKibPerS;
  }

  /** How long it takes from now on if nothing stops it. */
  remainingMs(nowMs: number): number {
    return Math.ceil(this.leftKib(nowMs) * 1000 / this.rateKibPerS);
  }

  start(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.turn++;
  }

  stop(nowMs: number): void {
    this.#leftKib = this.leftKib(nowMs);
    this.#sinceMs = undefined;
    this.turn++;
  }
}
