/** What fails again and again for the same reason is said once, and again after it went well in between. */
export class LoggedOnce {
  #last: string | undefined;

  /** Calls `say` unless `text` is what was said last. */
  say(text: string, say: () => void): void {
    if (this.#last === text) return;
    this.#last = text;
    say();
  }

  /** It went well, or everything is to be said anew. */
  forget(): void {
    this.#last = undefined;
  }
}
