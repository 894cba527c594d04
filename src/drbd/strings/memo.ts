/**
 * A cache for a pure function of a text. States repeat: a node prints a few dozen different ones, however many lines it prints.
 */
import { copyText } from "./copy_text.ts";

/** Emptying the cache when it is full is simpler than evicting the oldest, and as good for a few hundred states. */
const MOST = 4096;
/** States are shorter. Longer texts are garbage and must not fill the memory. */
const LONGEST = 512;

/** A result with a copy of the text it came from. */
export interface Entry<Answer> {
  readonly text: string;
  readonly answer: Answer;
}

export class Memo<Answer> {
  readonly #known = new Map<string, Entry<Answer>>();

  constructor(readonly parse: (text: string) => Answer) {}

  get(text: string): Answer {
    return this.#find(text).answer;
  }

  /** A copy of `text`; equal texts give the same string while they are cached. */
  own(text: string): string {
    return this.#find(text).text;
  }

  #find(text: string): Entry<Answer> {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = copyText(text);
    const found = { text: own, answer: this.parse(own) };
    if (own.length > LONGEST) return found;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(own, found);
    return found;
  }
}
