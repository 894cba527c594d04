/**
 * The updates of one chunk, in order. The resource that belongs to an update is drawn only when somebody wants that
 * update: with many resources and few subscribers, nearly all of them are wanted by nobody.
 */
import type { Resource } from "../model/model.ts";
import type { Unplaced, Update } from "../model/update.ts";

/** Draws a resource as it is now. */
export interface SnapshotSource {
  snapshot(): Resource;
}

export class UpdateBatch {
  readonly #updates: Unplaced[] = [];
  /** Draws the resource of each update; undefined where that was done. */
  readonly #sources: (SnapshotSource | undefined)[] = [];
  #passedOver = 0;
  #isOver = false;

  /** `prepare` brings pictures up to date; it is called before one is drawn. */
  constructor(readonly prepare: () => void) {}

  get length(): number {
    return this.#updates.length;
  }

  /** Whether nothing changed but counters. */
  get isEmpty(): boolean {
    return this.#updates.length === 0 && this.#passedOver === 0;
  }

  /** Something may have changed of which nobody wants to be told. */
  passOver(): void {
    this.#passedOver++;
  }

  add(update: Unplaced, source: SnapshotSource): void {
    this.#updates.push(update);
    this.#sources.push(source);
  }

  /** What can be known without drawing the resource: kind, type, names and states. */
  peek(place: number): Unplaced {
    return this.#updates[place] as Unplaced;
  }

  /**
   * The whole update. To be asked for when all lines of the chunk are applied.
   * @throws {Error} If the next chunk has begun and nobody has asked for this update before: what the resource looked
   * like is gone.
   */
  get(place: number): Update {
    const source = this.#sources[place];
    if (source === undefined) return this.#updates[place] as Update;
    this.assertCurrent();
    this.prepare();
    const update: Update = { ...this.peek(place), resource: source.snapshot() };
    this.#updates[place] = update;
    this.#sources[place] = undefined;
    return update;
  }

  /** All updates. @throws {Error} As `get`. */
  all(): Update[] {
    return this.#updates.map((_, place) => this.get(place));
  }

  /** What was told so far is to be drawn from what `find` gives for its source. */
  redirect(find: (source: SnapshotSource) => SnapshotSource): void {
    this.#sources.forEach((source, place) => {
      if (source !== undefined) this.#sources[place] = find(source);
    });
  }

  /** The next chunk begins. */
  close(): void {
    this.#isOver = true;
  }

  /** @throws {Error} If the next chunk has begun. */
  assertCurrent(): void {
    if (this.#isOver) {
      throw new Error("What a chunk of lines brought was asked for after the next chunk began");
    }
  }
}
