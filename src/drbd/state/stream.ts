/**
 * The state after all lines of drbdsetup so far, and the updates of each chunk of lines.
 *
 * A run of drbdsetup begins with a dump (`exists` lines, then `exists -`). It takes effect as a whole when it is complete:
 * the first is emitted as `exists` updates, a later one as its differences from the previous state. Until the dump of a new run
 * is complete the old state stays: stale, but better than none.
 *
 * drbdsetup prints a resource's line before the lines that explain it. So the lines of a chunk are applied as a whole, and
 * each update shows the resource after all of them.
 */
import type { Cluster } from "../model/cluster.ts";
import { diff } from "./diff.ts";
import type { Event, ParsedLine, Rejected } from "../events2/event.ts";
import { BlockReader, type NoteUnknown } from "../events2/parse_line.ts";
import { EVERYTHING, type Interest } from "./interest.ts";
import type { Block } from "../events2/lines.ts";
import type { Resource } from "../model/model.ts";
import { Store } from "./store.ts";
import type { Summary } from "./summary.ts";
import { UpdateBatch } from "./records/update_batch.ts";

/** What a chunk of lines changed. Valid until the next chunk begins; later use throws. */
export interface Step {
  /** In order. */
  readonly updates: UpdateBatch;
  /**
   * Names of the resources that changed, counters included, and of those destroyed; all old and new ones if a dump ended. What was
   * deferred in earlier chunks counts if nobody has read it since.
   */
  touched(): readonly string[];
  /** Without empty lines. */
  readonly lineCount: number;
  readonly rejected: readonly Rejected[];
  /** Events of unknown objects, without effect. Their texts may be slices that keep their blocks in memory. */
  readonly orphans: readonly Event[];
}

/** A step while its lines are applied. */
interface RunningStep extends Step {
  lineCount: number;
  readonly rejected: Rejected[];
  readonly orphans: Event[];
}

export class EventStream {
  #store: Store;
  /** The dump that is being received. */
  #dump: Store | undefined;
  /** Collects the updates of an incomplete dump, which are not emitted. */
  #dumpBatch = nobody();
  /** Of the latest chunk. */
  #batch = nobody();
  /** Names of the resources before and after each dump completed in this chunk. */
  #dumped = new Set<string>();
  #known = false;
  #live = false;

  /** Updates of resources outside of `interest` are not emitted. */
  constructor(readonly interest: Interest = EVERYTHING) {
    this.#store = new Store(interest);
  }

  /** Whether any dump was complete. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether the present run of drbdsetup has completed its dump, so that the state is not stale. */
  get live(): boolean {
    return this.#live;
  }

  cluster(): Cluster {
    return this.#store.cluster();
  }

  /** Does part of the work of `cluster`. See `Store.catchUp`. */
  catchUp(most: number): boolean {
    return this.#store.catchUp(most);
  }

  /** A snapshot of one resource: cheaper than of all. */
  resource(name: string): Resource | undefined {
    return this.#store.resource(name);
  }

  summary(): Summary {
    return this.#store.summary();
  }

  /** drbdsetup was started or has ended: the state is stale until the dump of a new run is complete. */
  restart(): void {
    this.#live = false;
    this.#dump = undefined;
  }

  /** Applies the blocks of one chunk. `note` is called with unknown keys and words. */
  take(blocks: readonly Block[], note?: NoteUnknown): Step {
    const step = this.#begin();
    for (const block of blocks) this.#takeBlock(block, step, note);
    return step;
  }

  /** Lines are deferred where they can be, which changes with the end of a dump. */
  #takeBlock(block: Block, step: RunningStep, note: NoteUnknown | undefined): void {
    const reader = new BlockReader(block.text, note);
    let opened: Store | undefined;
    let canDefer = false;
    while (!reader.isAtEnd) {
      const store = this.#live && this.#dump === undefined ? this.#store : undefined;
      if (store !== opened) {
        opened = store;
        canDefer = store?.open(block) ?? false;
      }
      const next = canDefer ? this.#store.defer(reader.at, step.updates) : 0;
      if (next > 0) {
        reader.at = next;
        step.lineCount++;
      } else {
        const line = reader.next();
        if (line !== undefined) this.#takeLine(line, step);
      }
    }
  }

  #begin(): RunningStep {
    this.#batch.close();
    this.#store.beginChunk();
    this.#dump?.beginChunk();
    this.#dumpBatch = nobody();
    this.#dumped = new Set();
    const batch = new UpdateBatch(() => this.#store.flush());
    this.#batch = batch;
    const touched = () => {
      batch.assertCurrent();
      return [...new Set([...this.#dumped, ...this.#store.touched()])];
    };
    return { updates: batch, touched, lineCount: 0, rejected: [], orphans: [] };
  }

  #takeLine(line: ParsedLine, step: RunningStep): void {
    step.lineCount++;
    if (line.object === "dump") this.#completeDump(step.updates);
    else if (line.object === "rejected") step.rejected.push(line);
    else if (!this.#apply(line, step.updates)) step.orphans.push(line);
  }

  /**
   * With `--poll` a run prints one dump. If another follows (as with `--now --poll`), it takes effect when complete. Until then
   * lines other than `exists` are applied to the present state too, as the dump may never end.
   */
  #apply(event: Event, batch: UpdateBatch): boolean {
    const isDump = "verb" in event && event.verb === "exists";
    if (this.#live && this.#dump === undefined && !isDump) return this.#store.apply(event, batch);
    this.#dump ??= new Store(this.interest);
    const placed = this.#dump.apply(event, this.#dumpBatch);
    return this.#live && !isDump ? this.#store.apply(event, batch) : placed;
  }

  #completeDump(batch: UpdateBatch): void {
    const old = this.#store;
    const store = this.#dump ?? new Store(this.interest);
    for (const name of [...old.touched(), ...old.names(), ...store.names()]) this.#dumped.add(name);
    if (this.#known) {
      batch.redirect((source) => store.snapshotSource(source.snapshot().name) ?? source);
      for (const update of diff(old.cluster(), store.cluster())) {
        batch.add(update, store.snapshotSource(update.name) ?? { snapshot: () => update.resource });
      }
    } else {
      store.emitAll(batch);
    }
    this.#store = store;
    this.#dump = undefined;
    this.#known = true;
    this.#live = true;
  }
}

function nobody(): UpdateBatch {
  return new UpdateBatch(() => {});
}
