/**
 * A pure function of a text that remembers its answers. States repeat: a node has a few dozen different ones,
 * however many lines it prints.
 */
import { copyText } from "./copy_text.ts";

/** Forgetting all now and then is simpler than forgetting the oldest, and as good for a few hundred states. */
const MOST = 4096;
/** States are shorter. What is longer is garbage, and must not fill the memory. */
const LONGEST = 512;

/** An answer with the text it was read from, which is a string of its own. */
export interface Remembered<Answer> {
  readonly text: string;
  readonly answer: Answer;
}

export class Memo<Answer> {
  readonly #known = new Map<string, Remembered<Answer>>();

  constructor(readonly read: (text: string) => Answer) {}

  get(text: string): Answer {
    return this.#find(text).answer;
  }

  /** `text` as a string of its own: one for all that are equal, as long as they are remembered. */
  keep(text: string): string {
    return this.#find(text).text;
  }

  #find(text: string): Remembered<Answer> {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = copyText(text);
    const found = { text: own, answer: this.read(own) };
    if (own.length > LONGEST) return found;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(own, found);
    return found;
  }
}
