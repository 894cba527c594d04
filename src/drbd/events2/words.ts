/** Lists of known words, and what to do with unknown ones. */
import { BLOCKED_LAYERS, RESYNC_SUSPEND_REASONS, SUSPEND_REASONS, type Word } from "../model/vocabulary.ts";

/** A list of known words to look up. */
export class WordList<Known extends string> {
  readonly #byText: ReadonlyMap<string, Known>;

  constructor(readonly words: readonly Known[]) {
    this.#byText = new Map(words.map((word) => [word, word]));
  }

  has(text: string): boolean {
    return this.#byText.has(text);
  }

  /** The known word (always the same string object), or the unknown text. */
  read(text: string): Word<Known> {
    return this.#byText.get(text) ?? text;
  }
}

const NONE: readonly never[] = Object.freeze([]);

/** A comma-separated list of known words, or `no`. Equal lists of known words are one frozen object. */
export class CommaList<Known extends string> {
  readonly #known: ReadonlySet<string>;
  readonly #lists = new Map<string, readonly Word<Known>[]>([["no", NONE]]);

  constructor(readonly words: readonly Known[]) {
    this.#known = new Set(words);
  }

  has(text: string): boolean {
    return text === "no" || text.split(",").every((word) => this.#known.has(word));
  }

  read(text: string): readonly Word<Known>[] {
    const list = this.#lists.get(text) ?? Object.freeze(text.split(","));
    if (list.length <= this.words.length && this.has(text)) this.#lists.set(text, list);
    return list;
  }
}

export const SUSPENDED = new CommaList(SUSPEND_REASONS);
export const RESYNC_SUSPENDED = new CommaList(RESYNC_SUSPEND_REASONS);
export const BLOCKED = new CommaList(BLOCKED_LAYERS);

/** Whether two lists of reasons are equal. */
export function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((word, place) => word === b[place]));
}
