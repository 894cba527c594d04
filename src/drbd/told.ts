/**
 * The updates of one chunk, in order. The resource that belongs to an update is drawn only when somebody wants that
 * update: with many resources and few subscribers, nearly all of them are wanted by nobody.
 */
import type { Resource } from "./model.ts";
import type { Unplaced, Update } from "./update.ts";

/** Draws a resource as it is now. */
export interface Drawable {
  picture(): Resource;
}

export class Told {
  readonly #updates: Unplaced[] = [];
  /** Draws the resource of each update; undefined where that was done. */
  readonly #sources: (Drawable | undefined)[] = [];

  /** `prepare` brings pictures up to date; it is called before one is drawn. */
  constructor(readonly prepare: () => void) {}

  get length(): number {
    return this.#updates.length;
  }

  add(update: Unplaced, source: Drawable): void {
    this.#updates.push(update);
    this.#sources.push(source);
  }

  /** What can be known without drawing the resource: kind, type, names and states. */
  peek(place: number): Unplaced {
    return this.#updates[place] as Unplaced;
  }

  /** The whole update. To be asked for when the chunk is over and before the next one begins. */
  get(place: number): Update {
    const source = this.#sources[place];
    if (source === undefined) return this.#updates[place] as Update;
    this.prepare();
    const update: Update = { ...this.peek(place), resource: source.picture() };
    this.#updates[place] = update;
    this.#sources[place] = undefined;
    return update;
  }

  all(): Update[] {
    return this.#updates.map((_, place) => this.get(place));
  }
}
