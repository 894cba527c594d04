/**
 * The updates of one chunk, in order. The snapshot of an update's resource is built only when that update is asked for: with
 * many resources and few subscribers that is rare.
 */
import type { Resource } from "../../model/model.ts";
import type { Unplaced, Update } from "../../model/update.ts";

/** Builds a snapshot of a resource as it is now. */
export interface SnapshotSource {
  snapshot(): Resource;
}

export class UpdateBatch {
  readonly #updates: Unplaced[] = [];
  /** Builds the snapshot for each update; undefined once that is done. */
  readonly #sources: (SnapshotSource | undefined)[] = [];
  #passedOver = 0;
  #isOver = false;

  /** `prepare` is called before a snapshot is built. */
  constructor(readonly prepare: () => void) {}

  get length(): number {
    return this.#updates.length;
  }

  /** Whether only counters changed. */
  get isEmpty(): boolean {
    return this.#updates.length === 0 && this.#passedOver === 0;
  }

  /** Counts a change of a resource without subscribers. */
  skip(): void {
    this.#passedOver++;
  }

  add(update: Unplaced, source: SnapshotSource): void {
    this.#updates.push(update);
    this.#sources.push(source);
  }

  /** An update without its resource: kind, type, names and states. */
  peek(place: number): Unplaced {
    return this.#updates[place] as Unplaced;
  }

  /**
   * The whole update. All lines of the chunk must have been applied.
   * @throws {Error} If the next chunk has begun and this update was not asked for before.
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

  /** Replaces the sources of the updates so far by what `find` gives. */
  redirect(find: (source: SnapshotSource) => SnapshotSource): void {
    this.#sources.forEach((source, place) => {
      if (source !== undefined) this.#sources[place] = find(source);
    });
  }

  /** Ends the batch: the next chunk begins. */
  close(): void {
    this.#isOver = true;
  }

  /** @throws {Error} If the next chunk has begun. */
  assertCurrent(): void {
    if (this.#isOver) {
      throw new Error("An update batch was read after the next chunk of lines began");
    }
  }
}
