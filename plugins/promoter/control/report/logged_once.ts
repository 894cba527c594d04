/** Reports a repeated failure once, and again after a success or with another reason. */
export class LoggedOnce {
  #last: string | undefined;

  /** Calls `log` unless `text` is what was reported last. */
  log(text: string, log: () => void): void {
    if (this.#last === text) return;
    this.#last = text;
    log();
  }

  /** After a success, or so that everything is reported again. */
  reset(): void {
    this.#last = undefined;
  }
}
