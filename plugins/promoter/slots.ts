/** Lets no more than so many things be done at a time. Others wait in order. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Does `job` when it is its turn. */
  async use<Result>(job: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
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
