/** When the daemon calls itself ready: the state of DRBD is known and plugins are prepared, or that takes too long. */
import type { Clock, Timer } from "../../effects/effects.ts";

/** Systemd, and with it the boot, does not wait longer for DRBD: at most 15 s after the program was started, also on a busy node. */
const READY_WITHIN_MS = 12_000;

export interface ReadinessListener {
  /** `isComplete`: nothing is missing. */
  ready(isComplete: boolean): void;
  /** The last preparation ended after READY. */
  prepared(): void;
}

export class Readiness {
  readonly #preparations = new Set<Promise<unknown>>();
  #timer: Timer | undefined;
  readonly #reached = Promise.withResolvers<void>();
  #isReady = false;
  #isOver = false;

  constructor(readonly clock: Clock, readonly listener: ReadinessListener) {}

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when the daemon is ready; never if it ends before. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  get isPreparing(): boolean {
    return this.#preparations.size > 0;
  }

  /** From here on it takes 12 s at most. */
  start(): void {
    this.#timer = this.clock.setTimer(READY_WITHIN_MS, () => this.#beReady(false));
  }

  /** The daemon ends: it does not become ready any more. */
  close(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  /** Nothing is complete before `preparation` is over, well or not. */
  prepare(preparation: Promise<unknown>): void {
    const over = preparation.catch(() => {}).finally(() => {
      this.#preparations.delete(over);
      if (this.#isReady && !this.#isOver && !this.isPreparing) this.listener.prepared();
    });
    this.#preparations.add(over);
  }

  /** The state of DRBD is known: ready as soon as what plugins prepare is. */
  async known(): Promise<void> {
    // What was just published can make plugins begin to prepare.
    await this.clock.sleep(0);
    while (this.isPreparing) await Promise.allSettled(this.#preparations);
    this.#beReady(true);
  }

  #beReady(isComplete: boolean): void {
    if (this.#isReady || this.#isOver) return;
    this.#isReady = true;
    this.#timer?.cancel();
    this.listener.ready(isComplete);
    this.#reached.resolve();
  }
}
