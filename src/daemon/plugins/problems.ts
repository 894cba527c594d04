/**
 * What is wrong at the moment, in the words of those who found it: shown in the line of status that `systemctl status` prints.
 */

/** Shown in full; of more than these only the number is. */
const MOST_SHOWN = 2;

/** The problems of one part of drbdd. */
export class Problems {
  readonly #texts = new Map<string, string>();

  constructor(readonly onChange: () => void) {}

  /** `key` has the problem `text` from now on, in few words. Undefined: it has none. */
  set(key: string, text: string | undefined): void {
    if (this.#texts.get(key) === text) return;
    if (text === undefined) this.#texts.delete(key);
    else this.#texts.set(key, text);
    this.onChange();
  }

  has(key: string): boolean {
    return this.#texts.has(key);
  }

  get texts(): readonly string[] {
    return [...this.#texts.values()];
  }
}

/** The problems of all parts. */
export class ProblemList {
  readonly #parts = new Set<Problems>();

  constructor(readonly onChange: () => void) {}

  /** For one part; its problems are forgotten when `signal` aborts. */
  of(signal: AbortSignal): Problems {
    const problems = new Problems(this.onChange);
    this.#parts.add(problems);
    signal.addEventListener("abort", () => {
      this.#parts.delete(problems);
      if (problems.texts.length > 0) this.onChange();
    });
    return problems;
  }

  /** The line `status`, and the problems, if there are any. */
  addTo(status: string): string {
    const texts = [...this.#parts].flatMap((part) => part.texts);
    if (texts.length === 0) return status;
    const more = texts.length - MOST_SHOWN;
    return `${status}; PROBLEM: ${texts.slice(0, MOST_SHOWN).join("; ")}${
      more > 0 ? `; and ${more} more ${more === 1 ? "problem" : "problems"}` : ""
    }`;
  }
}
