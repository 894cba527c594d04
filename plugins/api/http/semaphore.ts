/** Limits concurrent users. */
export class Semaphore {
  #inside = 0;

  /** `onChange` gets the number of current users. */
  constructor(readonly most: number, readonly onChange: (inside: number) => void = () => {}) {}

  /** Returns the release function, to be called once; undefined if it is full. */
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
