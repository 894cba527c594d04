/** A state that is parsed only when it is read: most states are replaced before that. */
export abstract class LazyState<State> {
  /** As printed last. May be a slice of a block of lines until the state is read. */
  rawState: string;
  /** What `#state` was parsed from. */
  #text: string;
  #state: State;
  #isUnread = false;
  /** The text at the last flush; undefined after `set`. */
  #flushedText: string | undefined;

  /** `text`, from which `state` was parsed, must not be a slice. */
  constructor(text: string, state: State) {
    this.rawState = text;
    this.#text = text;
    this.#state = state;
  }

  /** A copy of `text` that is not a slice; equal texts may be one string. */
  protected abstract own(text: string): string;
  /** The state after `text`, from the state `old`. */
  protected abstract next(text: string, old: State): State;

  /** The same object as long as the state does not change. */
  get state(): State {
    if (this.#isUnread) this.#read();
    return this.#state;
  }

  /** Sets a state parsed from `text`, which must not be a slice. */
  set(text: string, state: State): void {
    this.rawState = text;
    this.#text = text;
    this.#state = state;
    this.#isUnread = false;
    this.#flushedText = undefined;
  }

  /** Sets a state to be parsed later; `text` has every field, so that the old state does not matter. */
  defer(text: string): void {
    this.rawState = text;
    this.#isUnread = true;
  }

  /** Makes `rawState` a copy that is not a slice. Returns whether the state may have changed since the last time. */
  protected flushState(): boolean {
    const isNew = this.rawState !== this.#flushedText;
    const text = isNew ? this.own(this.rawState) : this.#flushedText as string;
    this.rawState = text;
    this.#flushedText = text;
    return isNew;
  }

  #read(): void {
    this.#isUnread = false;
    if (this.rawState !== this.#text) {
      this.#text = this.own(this.rawState);
      this.#state = this.next(this.#text, this.#state);
    }
    this.rawState = this.#text;
  }
}
