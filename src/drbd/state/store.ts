/**
 * The state of all resources, kept as events come.
 *
 * Events find their object by the text of their identity, and compare the text of their state with the one before:
 * one look-up and one comparison for the many lines that bring nothing but counters. Of a resource that nobody wants to
 * be told of, not even that: lines wait until somebody looks.
 *
 * Rules taken from how drbdsetup prints (drbdsetup_events2.c): a change of something unknown is its creation; a
 * second create of something known is a change; children go with their parents without lines of their own; what
 * belongs to an unknown resource or connection cannot be placed and is a stray.
 */
import { Children } from "./children.ts";
import { Cluster } from "../model/cluster.ts";
import { copyText } from "../model/copy_text.ts";
import { Entry } from "./record.ts";
import type { Event, RenameEvent, StateEvent } from "../events2/event.ts";
import { DirtyList } from "./dirty_list.ts";
import { EVERYTHING, type Interest } from "./interest.ts";
import { typeOfBirth } from "./kinds.ts";
import type { Block } from "../events2/lines.ts";
import type { Resource } from "../model/model.ts";
import { keepResourceState, nextResourceState, resourceStatesDiffer } from "./resource_state.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { type SnapshotSource, UpdateBatch } from "./update_batch.ts";
import type { Unplaced } from "../model/update.ts";
import { DeferredLines } from "../events2/deferred_lines.ts";

export class Store {
  readonly #entries = new Map<string, Entry>();
  readonly #children = new Children({
    entryOf: (name) => this.#entries.get(name),
    wrote: (slot) => this.#fresh.add(slot),
    tell: (told, update, entry) => this.#tell(told, update, entry),
    touch: (entry) => this.#touch(entry),
    learn: (event) => this.#waiting.learn(event),
    forget: () => this.#waiting.forget(),
  });
  readonly #fresh = new DirtyList();
  /** What changed in this chunk, as far as it is settled. */
  readonly #touched = new Set<Entry>();
  /** Names that resources had before this chunk. */
  #goneNames: string[] = [];
  #cluster: Cluster | undefined = Cluster.EMPTY;
  /** Resources whose picture does not hold any more. */
  readonly #outdated = new Set<Entry>();
  #interestVersion: number;
  readonly #waiting = new DeferredLines((event) => this.#apply(event, new UpdateBatch(() => {})));
  /** In this chunk something was told of a resource of which lines may wait. */
  #drawsUnwanted = false;

  /** Changes of resources outside of `interest` are not told. */
  constructor(readonly interest: Interest = EVERYTHING) {
    this.#interestVersion = interest.version;
  }

  /** From here on lines of `block` can be postponed. Returns whether any of them can. */
  open(block: Block): boolean {
    return this.#waiting.open(block);
  }

  /**
   * Lets the line at `at` of the open block wait, if nobody wants to be told of it. Returns where the next one begins; 0
   * if this one has to be applied.
   */
  postpone(at: number, told: UpdateBatch): number {
    const next = this.#waiting.postpone(at);
    if (next > 0) told.passOver();
    return next;
  }

  /** Applies `event` and adds what it changed to `told`. False if it belongs to nothing known: then it did nothing. */
  apply(event: Event, told: UpdateBatch): boolean {
    const isWholeChange = "isWhole" in event && event.verb === "change";
    if (!isWholeChange) this.#waiting.read();
    return this.#apply(event, told);
  }

  #apply(event: Event, told: UpdateBatch): boolean {
    switch (event.object) {
      case "resource":
        return this.#resource(event, told);
      case "rename":
        return this.#rename(event, told);
      case "helper": {
        const entry = this.#entries.get(event.name);
        if (entry === undefined) return false;
        this.#tell(told, { kind: "helper", type: event.verb, name: entry.name, helper: event }, entry);
        return true;
      }
      default:
        return this.#children.apply(event, told);
    }
  }

  /** A chunk of lines begins, so many characters long. */
  beginChunk(characters: number): void {
    if (this.#fresh.isDue(characters)) this.settle();
    this.#touched.clear();
    this.#goneNames = [];
    this.#drawsUnwanted = false;
    if (this.interest.version === this.#interestVersion) return;
    this.#interestVersion = this.interest.version;
    this.#waiting.forget();
    for (const entry of this.#entries.values()) entry.isWanted = this.interest.wants(entry.name);
  }

  /**
   * Names of the resources of which anything changed in this chunk, counters too, and of those that are gone: each
   * once. Counters that moved in earlier chunks count as long as nobody has looked.
   */
  touched(): string[] {
    this.#waiting.read();
    this.settle();
    return [...new Set([...this.#goneNames, ...Array.from(this.#touched, (entry) => entry.name)])];
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Counts what matters at a glance, without drawing anything. */
  summary(): Summary {
    this.#waiting.read();
    return summaryOf(this.#entries.values());
  }

  /** Tells all that is there as `exists` updates, by name, without drawing anything. */
  tellAll(told: UpdateBatch): void {
    for (const entry of [...this.#entries.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
      const { name, state } = entry;
      this.#tell(told, { kind: "resource", type: "exists", name, old: undefined, new: state }, entry);
      this.#children.tellAll(entry, told);
    }
  }

  /** A picture of one resource. */
  resource(name: string): Resource | undefined {
    const entry = this.#entries.get(name);
    if (entry?.isWanted === false) this.#waiting.read();
    this.settle();
    return entry?.snapshot();
  }

  /** A resource that is there, to be drawn later: under whatever name it has then, or as it last was. */
  drawable(name: string): SnapshotSource | undefined {
    const entry = this.#entries.get(name);
    if (entry?.isWanted === false) this.#drawsUnwanted = true;
    return entry;
  }

  /** A picture of all resources. */
  cluster(): Cluster {
    this.#waiting.read();
    this.settle();
    this.#cluster ??= Cluster.of(Array.from(this.#entries.values(), (entry) => entry.snapshot()));
    this.#outdated.clear();
    return this.#cluster;
  }

  /**
   * Does a part of what a look at all resources would have to do: about so many lines are read, or objects brought up
   * to date. Returns whether there was as much to do.
   */
  catchUp(most: number): boolean {
    let done = this.#waiting.read(most);
    if (done < most) done += this.#settle(most - done);
    for (const entry of this.#outdated) {
      if (done >= most) return true;
      this.#outdated.delete(entry);
      entry.snapshot();
      done += entry.size;
    }
    return done >= most;
  }

  #resource(event: StateEvent, told: UpdateBatch): boolean {
    const entry = this.#entries.get(event.identity);
    if (event.verb === "destroy") {
      if (entry !== undefined) this.#destroyResource(entry, told);
      return entry !== undefined;
    }
    if (entry === undefined) {
      this.#createResource(event, told);
    } else if (!entry.isWanted && event.isWhole === true) {
      entry.defer(copyText(event.state));
      told.passOver();
      this.#fresh.add(entry);
      this.#waiting.learn(event);
    } else if (event.state !== entry.rawState) {
      const old = entry.state;
      const rawState = keepResourceState(event.state);
      entry.become(rawState, nextResourceState(rawState, old));
      this.#fresh.add(entry);
      if (resourceStatesDiffer(old, entry.state)) {
        this.#tell(
          told,
          { kind: "resource", type: "change", name: entry.name, old, new: entry.state },
          entry,
        );
      }
    }
    return true;
  }

  #createResource(event: StateEvent, told: UpdateBatch): void {
    const rawState = keepResourceState(event.state);
    const name = copyText(event.identity);
    const state = nextResourceState(rawState, undefined);
    const entry = new Entry(name, rawState, state, this.interest.wants(name));
    this.#fresh.add(entry);
    this.#entries.set(entry.name, entry);
    const type = typeOfBirth(event.verb);
    this.#tell(told, { kind: "resource", type, name: entry.name, old: undefined, new: entry.state }, entry);
    if (!entry.isWanted) this.#waiting.learn(event);
  }

  #destroyResource(entry: Entry, told: UpdateBatch): void {
    this.#waiting.forget();
    this.settle();
    entry.freeze();
    this.#children.destroyAll(entry, told);
    this.#tell(
      told,
      { kind: "resource", type: "destroy", name: entry.name, old: entry.state, new: undefined },
      entry,
    );
    this.#entries.delete(entry.name);
    this.#touch(entry);
    this.#outdated.delete(entry);
  }

  /** A name that is taken cannot be given: the kernel refuses that. */
  #rename(event: RenameEvent, told: UpdateBatch): boolean {
    const entry = this.#entries.get(event.name);
    if (entry === undefined || this.#entries.has(event.newName)) return false;
    const { name } = entry;
    const newName = copyText(event.newName);
    this.#waiting.forget();
    this.#tell(told, { kind: "resource", type: "rename", name, newName }, entry);
    this.#goneNames.push(name);
    this.#entries.delete(name);
    this.#entries.set(newName, entry);
    entry.name = newName;
    entry.isWanted = this.interest.wants(newName);
    this.#children.rename(entry, name.length);
    this.#touch(entry);
    return true;
  }

  #tell(told: UpdateBatch, update: Unplaced, entry: Entry): void {
    if (!entry.isWanted) this.#drawsUnwanted = true;
    told.add(update, entry);
  }

  /** Brings pictures up to date; to be done before any is drawn. */
  settle(): void {
    if (this.#drawsUnwanted) this.#waiting.read();
    this.#settle();
  }

  #settle(most?: number): number {
    return this.#fresh.settle((entry) => this.#touch(entry), most);
  }

  #touch(entry: Entry): void {
    entry.redraw();
    this.#outdated.add(entry);
    this.#cluster = undefined;
    this.#touched.add(entry);
  }
}
