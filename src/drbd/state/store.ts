/**
 * The state of all resources, updated by events.
 *
 * An event finds its object by the text of its identity, and its state text is compared with the previous one: one look-up and
 * one comparison for the many lines that only change counters. Lines of resources without subscribers are deferred instead.
 *
 * Rules of drbdsetup (drbdsetup_events2.c): a change of an unknown object creates it; a second create is a change; children are
 * destroyed with their parents, without lines of their own; an event of an unknown resource or connection is an orphan.
 */
import { Children } from "./records/children.ts";
import { Cluster } from "../model/cluster.ts";
import { copyText } from "../strings/copy_text.ts";
import { ResourceRecord } from "./records/record.ts";
import type { Event, RenameEvent, StateEvent } from "../events2/event.ts";
import { EVERYTHING, type Interest } from "./interest.ts";
import { creationType } from "./kinds/kinds.ts";
import type { Block } from "../events2/lines.ts";
import type { Resource } from "../model/model.ts";
import { nextResourceState, ownStateText, resourceStatesDiffer } from "./kinds/resource_state.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { type SnapshotSource, UpdateBatch } from "./records/update_batch.ts";
import type { Unplaced } from "../model/update.ts";
import { DeferredLines } from "../events2/deferred_lines.ts";

export class Store {
  readonly #resources = new Map<string, ResourceRecord>();
  readonly #children = new Children({
    recordOf: (name) => this.#resources.get(name),
    emit: (batch, update, record) => this.#emit(batch, update, record),
    touch: (record) => this.#touch(record),
    learn: (event) => this.#deferred.learn(event),
    forget: () => this.#deferred.forget(),
  });
  /** Resources that changed in this chunk, as far as their lines are applied. */
  readonly #touched = new Set<ResourceRecord>();
  /** Names that resources had before this chunk. */
  #goneNames: string[] = [];
  #cluster: Cluster | undefined = Cluster.EMPTY;
  /** Resources whose snapshot must be rebuilt. */
  readonly #outdated = new Set<ResourceRecord>();
  #interestVersion: number;
  readonly #deferred = new DeferredLines((event) => this.#apply(event, new UpdateBatch(() => {})));
  /** An update of this chunk concerns a resource that may have deferred lines. */
  #usesDeferred = false;

  /** Updates of resources outside of `interest` are not emitted for whole lines. */
  constructor(readonly interest: Interest = EVERYTHING) {
    this.#interestVersion = interest.version;
  }

  /** Begins a block. Returns whether any of its lines can be deferred. */
  open(block: Block): boolean {
    return this.#deferred.open(block);
  }

  /** Defers the line at `at` of the open block, if its resource has no subscribers. Returns where the next one begins; 0 if this one must be applied. */
  defer(at: number, batch: UpdateBatch): number {
    const next = this.#deferred.defer(at);
    if (next > 0) batch.skip();
    return next;
  }

  /** Applies `event` and adds its updates to `batch`. Returns false, without effect, for an orphan. */
  apply(event: Event, batch: UpdateBatch): boolean {
    const isWholeChange = "isWhole" in event && event.verb === "change";
    if (!isWholeChange) this.#deferred.flush();
    return this.#apply(event, batch);
  }

  #apply(event: Event, batch: UpdateBatch): boolean {
    switch (event.object) {
      case "resource":
        return this.#resource(event, batch);
      case "rename":
        return this.#rename(event, batch);
      case "helper": {
        const record = this.#resources.get(event.name);
        if (record === undefined) return false;
        this.#emit(batch, { kind: "helper", type: event.verb, name: record.name, helper: event }, record);
        return true;
      }
      default:
        return this.#children.apply(event, batch);
    }
  }

  /** Begins a chunk. */
  beginChunk(): void {
    this.#touched.clear();
    this.#goneNames = [];
    this.#usesDeferred = false;
    if (this.interest.version === this.#interestVersion) return;
    this.#interestVersion = this.interest.version;
    this.#deferred.forget();
    for (const record of this.#resources.values()) record.isWanted = this.interest.wants(record.name);
  }

  /**
   * The names of resources that changed in this chunk, counters included, and of destroyed and renamed ones. What was deferred
   * in earlier chunks counts if nobody has read it since.
   */
  touched(): string[] {
    this.#deferred.flush();
    return [...new Set([...this.#goneNames, ...Array.from(this.#touched, (record) => record.name)])];
  }

  names(): string[] {
    return [...this.#resources.keys()];
  }

  /** Counts resources without building snapshots. */
  summary(): Summary {
    this.#deferred.flush();
    return summaryOf(this.#resources.values());
  }

  /** Emits everything as `exists` updates, by name. */
  emitAll(batch: UpdateBatch): void {
    for (const record of [...this.#resources.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
      const { name, state } = record;
      this.#emit(batch, { kind: "resource", type: "exists", name, old: undefined, new: state }, record);
      this.#children.emitAll(record, batch);
    }
  }

  /** A snapshot of one resource. */
  resource(name: string): Resource | undefined {
    const record = this.#resources.get(name);
    if (record?.isWanted === false) this.#deferred.flush();
    return record?.snapshot();
  }

  /** Gives the snapshot of a resource later: under its name of then, or its last one. */
  snapshotSource(name: string): SnapshotSource | undefined {
    const record = this.#resources.get(name);
    if (record?.isWanted === false) this.#usesDeferred = true;
    return record;
  }

  /** A snapshot of all resources. */
  cluster(): Cluster {
    this.#deferred.flush();
    this.#cluster ??= Cluster.of(Array.from(this.#resources.values(), (record) => record.snapshot()));
    this.#outdated.clear();
    return this.#cluster;
  }

  /** Does part of the work of `cluster`: about `most` lines or objects. Returns whether more may be left. */
  catchUp(most: number): boolean {
    let done = this.#deferred.flush(most);
    for (const record of this.#outdated) {
      if (done >= most) return true;
      this.#outdated.delete(record);
      record.snapshot();
      done += record.size;
    }
    return done >= most;
  }

  #resource(event: StateEvent, batch: UpdateBatch): boolean {
    const record = this.#resources.get(event.identity);
    if (event.verb === "destroy") {
      if (record !== undefined) this.#destroyResource(record, batch);
      return record !== undefined;
    }
    if (record === undefined) {
      this.#createResource(event, batch);
      return true;
    }
    const isQuiet = !record.isWanted && event.isWhole === true;
    if (event.state !== record.rawState) {
      const { name, state: old } = record;
      record.rawState = ownStateText(event.state);
      record.state = nextResourceState(record.rawState, old);
      this.#touch(record);
      if (!isQuiet && resourceStatesDiffer(old, record.state)) {
        this.#emit(batch, { kind: "resource", type: "change", name, old, new: record.state }, record);
      }
    }
    if (isQuiet) {
      batch.skip();
      this.#deferred.learn(event);
    }
    return true;
  }

  #createResource(event: StateEvent, batch: UpdateBatch): void {
    const rawState = ownStateText(event.state);
    const name = copyText(event.identity);
    const state = nextResourceState(rawState, undefined);
    const record = new ResourceRecord(name, rawState, state, this.interest.wants(name));
    this.#touch(record);
    this.#resources.set(record.name, record);
    const type = creationType(event.verb);
    this.#emit(
      batch,
      { kind: "resource", type, name: record.name, old: undefined, new: record.state },
      record,
    );
    if (!record.isWanted) this.#deferred.learn(event);
  }

  #destroyResource(record: ResourceRecord, batch: UpdateBatch): void {
    this.#deferred.forget();
    record.freeze();
    this.#children.destroyAll(record, batch);
    this.#emit(
      batch,
      { kind: "resource", type: "destroy", name: record.name, old: record.state, new: undefined },
      record,
    );
    this.#resources.delete(record.name);
    this.#touch(record);
    this.#outdated.delete(record);
  }

  /** The kernel refuses a name that is taken. */
  #rename(event: RenameEvent, batch: UpdateBatch): boolean {
    const record = this.#resources.get(event.name);
    if (record === undefined || this.#resources.has(event.newName)) return false;
    const { name } = record;
    const newName = copyText(event.newName);
    this.#deferred.forget();
    this.#emit(batch, { kind: "resource", type: "rename", name, newName }, record);
    this.#goneNames.push(name);
    this.#resources.delete(name);
    this.#resources.set(newName, record);
    record.name = newName;
    record.isWanted = this.interest.wants(newName);
    this.#children.rename(record, name.length);
    this.#touch(record);
    return true;
  }

  #emit(batch: UpdateBatch, update: Unplaced, record: ResourceRecord): void {
    if (!record.isWanted) this.#usesDeferred = true;
    batch.add(update, record);
  }

  /** Applies what was deferred of resources that the chunk's updates concern; required before their snapshots are built. */
  flush(): void {
    if (this.#usesDeferred) this.#deferred.flush();
  }

  #touch(record: ResourceRecord): void {
    record.invalidate();
    this.#outdated.add(record);
    this.#cluster = undefined;
    this.#touched.add(record);
  }
}
