/** Reports a repeated failure once, and again after a success or with another reason. */
export class LoggedOnce {
  #last: string | undefined;

  /** Calls `say` unless `text` is what was reported last. */
  say(text: string, say: () => void): void {
    if (this.#last === text) return;
    this.#last = text;
    say();
  }

  /** It succeeded, or everything is to be reported again. */
  forget(): void {
    this.#last = undefined;
  }
}
