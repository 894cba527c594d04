/** Turns for what is not to be done all at once. */
import type { Clock } from "../../../src/effects/effects.ts";

/** Lets no more than so many things be done at a time. Others wait in order. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `job` as soon as a slot is free. */
  async use<Result>(job: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      return await job();
    } finally {
      this.#leave();
    }
  }

  /** As `use`, but a job frees its slot after `longestMs`, so that a hanging one does not block the others. */
  async begin<Result>(clock: Clock, longestMs: number, job: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    let isIn = true;
    const leave = () => {
      if (isIn) this.#leave();
      isIn = false;
    };
    const timer = clock.setTimer(longestMs, leave);
    try {
      return await job();
    } finally {
      timer.cancel();
      leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

/** Slots that all resources of a daemon share: for each world (its effects) its own. */
export class SharedSlots {
  readonly #byWorld = new WeakMap<object, Slots>();

  constructor(readonly count: number) {}

  of(world: object): Slots {
    const slots = this.#byWorld.get(world) ?? new Slots(this.count);
    this.#byWorld.set(world, slots);
    return slots;
  }
}
