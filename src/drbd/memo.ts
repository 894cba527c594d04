/**
 * A pure function of a text that remembers its answers. States repeat: a node has a few dozen different ones,
 * however many lines it prints.
 */

/** Forgetting all now and then is simpler than forgetting the oldest, and as good for a few hundred states. */
const MOST = 4096;
/** States are shorter. What is longer is garbage, and must not fill the memory. */
const LONGEST = 512;

export class Memo<Answer> {
  readonly #answers = new Map<string, Answer>();

  constructor(readonly read: (text: string) => Answer) {}

  /** `text` may be kept. */
  get(text: string): Answer {
    if (text.length > LONGEST) return this.read(text);
    let answer = this.#answers.get(text);
    if (answer === undefined) {
      answer = this.read(text);
      if (this.#answers.size >= MOST) this.#answers.clear();
      this.#answers.set(text, answer);
    }
    return answer;
  }
}
