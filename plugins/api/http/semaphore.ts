/** Lets no more than so many in at a time. */
export class Semaphore {
  #inside = 0;

  /** `onChange` is told how many are inside. */
  constructor(readonly most: number, readonly onChange: (inside: number) => void = () => {}) {}

  /** What to call once when done; undefined if it is full. */
  enter(): (() => void) | undefined {
    if (this.#inside >= this.most) return undefined;
    this.onChange(++this.#inside);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.onChange(--this.#inside);
    };
  }
}
