/**
 * A state as it was told last, which is read when somebody wants to know it. Of most objects, most states are
 * outdated before that.
 */
export abstract class KeptState<State> {
  /** Told last. May be cut from the block of lines it came in until the state is asked for. */
  rawState: string;
  /** What `#state` was read from. */
  #text: string;
  #state: State;
  #isUnread = false;
  /** The text at the last settlement, as long as nothing but texts came since. */
  #settledText: string | undefined;

  /** `text` is what `state` was read from; a string of its own. */
  constructor(text: string, state: State) {
    this.rawState = text;
    this.#text = text;
    this.#state = state;
  }

  /** `text` as a string of its own; equal ones may be one string. */
  protected abstract keep(text: string): string;
  /** The state that `text` makes of `old`. */
  protected abstract next(text: string, old: State): State;

  /** As long as the same is told, this is the same object. */
  get state(): State {
    if (this.#isUnread) this.#read();
    return this.#state;
  }

  /** A new state, read from `text`, which is a string of its own. */
  become(text: string, state: State): void {
    this.rawState = text;
    this.#text = text;
    this.#state = state;
    this.#isUnread = false;
    this.#settledText = undefined;
  }

  /** A new state that is to be read later; `text` says all of it, so that none before it matters. */
  defer(text: string): void {
    this.rawState = text;
    this.#isUnread = true;
  }

  /** Makes `rawState` a string of its own. Returns whether the state may be another one than the last time. */
  protected settleState(): boolean {
    const isNew = this.rawState !== this.#settledText;
    const text = isNew ? this.keep(this.rawState) : this.#settledText as string;
    this.rawState = text;
    this.#settledText = text;
    return isNew;
  }

  #read(): void {
    this.#isUnread = false;
    if (this.rawState !== this.#text) {
      this.#text = this.keep(this.rawState);
      this.#state = this.next(this.#text, this.#state);
    }
    this.rawState = this.#text;
  }
}
