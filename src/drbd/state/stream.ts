/**
 * What is known from the lines of drbdsetup so far, and what each chunk of them changes.
 *
 * A run of drbdsetup begins with a dump (`exists` lines, then `exists -`). Nothing of it is told before it is
 * complete; then it is the whole truth, and what differs from the picture before is told. Until the dump of a new
 * run is complete the old picture stays: stale, but better than none.
 *
 * Lines come in groups, and the line of a resource before those that explain it. So the lines of one chunk are
 * applied as a whole, and each update shows the resource as it stands after all of them.
 */
import type { Cluster } from "../model/cluster.ts";
import { diff } from "./diff.ts";
import type { Event, ParsedLine, Rejected } from "../events2/event.ts";
import { BlockReader, type NoteUnknown } from "../events2/parse_line.ts";
import { EVERYTHING, type Interest } from "./interest.ts";
import type { Block } from "../events2/lines.ts";
import type { Resource } from "../model/model.ts";
import { type Parts, whole } from "./parts.ts";
import { Store } from "./store.ts";
import type { Summary } from "./summary.ts";
import { UpdateBatch } from "./update_batch.ts";

/** As many characters of lines are a part. Where the code is cold, a millisecond's work; else a small fraction of it. */
const PART_CHARACTERS = 4_096;

/**
 * What a chunk of lines brought. Resources and names are to be asked for before the next chunk begins; later that
 * throws.
 */
export interface Step {
  /** In order. */
  readonly told: UpdateBatch;
  /**
   * Names of resources of which anything changed, counters too, and of those that are gone, each once; all there are
   * and were if a dump ended. Counters that moved in earlier chunks count as long as nobody has looked.
   */
  touched(): readonly string[];
  /** How many lines there were; empty ones do not count. */
  readonly lineCount: number;
  readonly rejected: readonly Rejected[];
  /**
   * Events that belong to nothing known; they had no effect. Their texts may be cut from the blocks they came in: who
   * keeps them keeps the blocks.
   */
  readonly strays: readonly Event[];
}

/** A step while its lines are taken. */
interface RunningStep extends Step {
  lineCount: number;
  readonly rejected: Rejected[];
  readonly strays: Event[];
}

/** A block that is being read. */
interface Reading {
  readonly reader: BlockReader;
  readonly block: Block;
  /** Where lines of the block can wait; undefined where they are to be read. */
  store: Store | undefined;
  canWait: boolean;
}

export class EventStream {
  /** What is known. */
  #store: Store;
  /** The dump that is being received, as far as it came. */
  #dump: Store | undefined;
  /** Takes what a dump would tell before it is complete. */
  #untold = nobody();
  /** What the latest chunk brought. */
  #told = nobody();
  /** Names of the resources before and after each dump that ended in this chunk. */
  #dumped = new Set<string>();
  #known = false;
  #live = false;

  /** Changes of resources outside of `interest` are not told. */
  constructor(readonly interest: Interest = EVERYTHING) {
    this.#store = new Store(interest);
  }

  /** Whether a dump was ever complete. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether the run of drbdsetup that is read now has completed its dump, so that the picture is up to date. */
  get live(): boolean {
    return this.#live;
  }

  cluster(): Cluster {
    return this.#store.cluster();
  }

  /** Does a part of what `cluster` would have to do at once. See `Store.catchUp`. */
  catchUp(most: number): boolean {
    return this.#store.catchUp(most);
  }

  /** A picture of one resource: cheaper than to draw all. */
  resource(name: string): Resource | undefined {
    return this.#store.resource(name);
  }

  summary(): Summary {
    return this.#store.summary();
  }

  /** drbdsetup was started, or is gone: the picture is stale until the dump of a new run is complete. */
  restart(): void {
    this.#live = false;
    this.#dump = undefined;
  }

  /** Takes the blocks of lines of one chunk. `note` is told of unknown keys and words. */
  take(blocks: readonly Block[], note?: NoteUnknown): Step {
    return whole(this.parts(blocks, note));
  }

  /** As `take`. Between the parts the picture is that of no moment: nobody is to look at it before the last is done. */
  *parts(blocks: readonly Block[], note?: NoteUnknown): Parts<Step> {
    const step = this.#begin(blocks.reduce((sum, { text }) => sum + text.length, 0));
    for (const block of blocks) {
      const reading: Reading = {
        reader: new BlockReader(block.text, note),
        block,
        store: undefined,
        canWait: false,
      };
      while (!reading.reader.isAtEnd) {
        this.#takePart(reading, step);
        yield;
      }
    }
    return step;
  }

  #takePart(reading: Reading, step: RunningStep): void {
    const { reader, block } = reading;
    const end = Math.min(reader.at + PART_CHARACTERS, block.text.length);
    while (reader.at < end) {
      const store = this.#live && this.#dump === undefined ? this.#store : undefined;
      if (store !== reading.store) {
        reading.store = store;
        reading.canWait = store?.open(block) ?? false;
      }
      const next = reading.canWait ? this.#store.postpone(reader.at, step.told) : 0;
      if (next > 0) {
        reader.at = next;
        step.lineCount++;
      } else {
        const line = reader.next();
        if (line !== undefined) this.#takeLine(line, step);
      }
    }
  }

  #begin(characters: number): RunningStep {
    this.#told.close();
    this.#store.beginChunk(characters);
    this.#dump?.beginChunk(characters);
    this.#untold = nobody();
    this.#dumped = new Set();
    const told = new UpdateBatch(() => this.#store.settle());
    this.#told = told;
    const touched = () => {
      told.assertCurrent();
      return [...new Set([...this.#dumped, ...this.#store.touched()])];
    };
    return { told, touched, lineCount: 0, rejected: [], strays: [] };
  }

  #takeLine(line: ParsedLine, step: RunningStep): void {
    step.lineCount++;
    if (line.object === "dump") this.#completeDump(step.told);
    else if (line.object === "rejected") step.rejected.push(line);
    else if (!this.#apply(line, step.told)) step.strays.push(line);
  }

  /**
   * With `--poll` a run dumps once. Should a dump come in the middle of a run, as with `--now --poll`, its end makes
   * it the truth; until then lines other than `exists` hold for what is known as well, so nothing waits for an end
   * that may never come.
   */
  #apply(event: Event, told: UpdateBatch): boolean {
    const isDump = "verb" in event && event.verb === "exists";
    if (this.#live && this.#dump === undefined && !isDump) return this.#store.apply(event, told);
    this.#dump ??= new Store(this.interest);
    const placed = this.#dump.apply(event, this.#untold);
    return this.#live && !isDump ? this.#store.apply(event, told) : placed;
  }

  #completeDump(told: UpdateBatch): void {
    const old = this.#store;
    const store = this.#dump ?? new Store(this.interest);
    for (const name of [...old.touched(), ...old.names(), ...store.names()]) this.#dumped.add(name);
    if (this.#known) {
      told.redirect((source) => store.drawable(source.snapshot().name) ?? source);
      for (const update of diff(old.cluster(), store.cluster())) {
        told.add(update, store.drawable(update.name) ?? { snapshot: () => update.resource });
      }
    } else {
      store.tellAll(told);
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
