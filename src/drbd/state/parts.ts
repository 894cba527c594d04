/** Work that can be done in parts, so that others have their turn in between. Each step does a part. */
export type Parts<Result> = Generator<void, Result, void>;

/** Does all parts at once. */
export function whole<Result>(parts: Parts<Result>): Result {
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}
