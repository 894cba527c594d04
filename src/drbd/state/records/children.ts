/**
 * Devices, connections, peer-devices and paths of all resources, updated by events.
 *
 * Rules of drbdsetup (drbdsetup_events2.c): children are destroyed with their parents, without lines of their own; an event of
 * an unknown resource or connection is an orphan.
 */
import { copyText } from "../../strings/copy_text.ts";
import { ChildRecord, type ResourceRecord } from "./record.ts";
import { resourceNameOf, type StateEvent } from "../../events2/event.ts";
import { CONNECTIONS, creationType, DEVICES, PATHS, PEER_DEVICES } from "../kinds/kinds.ts";
import { isConnected, RecordTable } from "./record_table.ts";
import type { UpdateBatch } from "./update_batch.ts";
import type { Unplaced } from "../../model/update.ts";

/** The store that the children belong to. */
export interface ChildrenHost {
  recordOf(name: string): ResourceRecord | undefined;
  emit(batch: UpdateBatch, update: Unplaced, resource: ResourceRecord): void;
  /** A child of the resource was created, changed or destroyed. */
  touch(resource: ResourceRecord): void;
  /** From now on whole lines of the object can be deferred: its resource has no subscribers. */
  learn(event: StateEvent): void;
  /** Identities may change: deferred lines are applied, and no line can be deferred until its object is learned again. */
  forget(): void;
}

export class Children {
  readonly #devices = new RecordTable(DEVICES, (resource) => resource.devices);
  readonly #connections = new RecordTable(CONNECTIONS, (resource) => resource.connections);
  readonly #peerDevices = new RecordTable(PEER_DEVICES, (resource) => resource.peerDevices, isConnected);
  readonly #paths = new RecordTable(PATHS, (resource) => resource.paths, isConnected);

  constructor(readonly host: ChildrenHost) {}

  /** As `Store.apply`, for objects other than resources. */
  apply(event: StateEvent, batch: UpdateBatch): boolean {
    switch (event.object) {
      case "resource":
        throw new Error("A resource is not a child");
      case "device":
        return this.#child(this.#devices, event, batch);
      case "peer-device":
        return this.#child(this.#peerDevices, event, batch);
      case "connection":
        return this.#child(this.#connections, event, batch);
      case "path":
        return this.#child(this.#paths, event, batch);
    }
  }

  /** Emits `exists` updates for all children of a resource, parents first. */
  emitAll(resource: ResourceRecord, batch: UpdateBatch): void {
    this.#connections.emit(resource, batch);
    this.#devices.emit(resource, batch);
    this.#peerDevices.emit(resource, batch);
    this.#paths.emit(resource, batch);
  }

  /** The resource was renamed; its old name had `oldLength` characters. */
  rename(resource: ResourceRecord, oldLength: number): void {
    this.#devices.rename(resource, oldLength);
    this.#connections.rename(resource, oldLength);
    this.#peerDevices.rename(resource, oldLength);
    this.#paths.rename(resource, oldLength);
  }

  /** Destroys all children before their resource. */
  destroyAll(resource: ResourceRecord, batch: UpdateBatch): void {
    this.#destroyWhere(this.#peerDevices, resource, batch);
    this.#destroyWhere(this.#paths, resource, batch);
    this.#destroyWhere(this.#connections, resource, batch);
    this.#destroyWhere(this.#devices, resource, batch);
  }

  #child<Key, State extends Key, Child extends State>(
    table: RecordTable<Key, State, Child>,
    event: StateEvent,
    batch: UpdateBatch,
  ): boolean {
    const child = table.records.get(event.identity);
    if (child === undefined) return this.#unheardOf(table, event, batch);
    if (event.verb === "destroy") {
      this.#destroyChildrenOf(event, child.resource, batch);
      this.#destroy(table, child, batch);
      return true;
    }
    const { resource, state: old } = child;
    const isQuiet = !resource.isWanted && event.isWhole === true;
    const isNewState = event.state !== child.rawState || event.blocked !== undefined;
    if (isNewState) {
      child.rawState = table.kind.own(event.state);
      child.state = table.kind.next(event.blocked, child.rawState, old, old);
      if (!isQuiet && table.kind.differ(old, child.state)) {
        this.host.emit(batch, table.kind.update("change", resource.name, old, child.state), resource);
      }
    }
    if (isNewState || event.statistics !== child.rawStatistics) {
      child.rawStatistics = copyText(event.statistics);
      child.invalidate();
      this.host.touch(resource);
    }
    if (isQuiet) {
      batch.skip();
      this.host.learn(event);
    }
    return true;
  }

  /** Handles a line whose identity is not known yet. */
  #unheardOf<Key, State extends Key, Child extends State>(
    table: RecordTable<Key, State, Child>,
    event: StateEvent,
    batch: UpdateBatch,
  ): boolean {
    const resource = this.host.recordOf(resourceNameOf(event));
    if (resource === undefined) return false;
    const identity = copyText(event.identity);
    const key = table.kind.keyOf(identity);
    const place = table.placeOf(resource, key);
    if (place >= 0) {
      // A line deferred under the old identity must be applied before this one.
      this.host.forget();
      table.identify(table.of(resource)[place] as ChildRecord<Key, State, Child>, identity);
      return this.#child(table, event, batch);
    }
    if (event.verb === "destroy" || !table.fits(resource, key)) return false;
    const rawState = table.kind.own(event.state);
    const child = new ChildRecord(
      table.kind,
      resource,
      identity,
      rawState,
      table.kind.next(event.blocked, rawState, key, undefined),
      copyText(event.statistics),
    );
    table.of(resource).splice(-1 - place, 0, child);
    table.records.set(identity, child);
    this.host.touch(resource);
    this.host.emit(
      batch,
      table.kind.update(creationType(event.verb), resource.name, undefined, child.state),
      resource,
    );
    if (!resource.isWanted) this.host.learn(event);
    return true;
  }

  /** Children of a device or connection go with it, without lines of their own. */
  #destroyChildrenOf(event: StateEvent, resource: ResourceRecord, batch: UpdateBatch): void {
    if (event.object === "device") {
      const { volume } = DEVICES.keyOf(event.identity);
      this.#destroyWhere(this.#peerDevices, resource, batch, (state) => state.volume === volume);
    } else if (event.object === "connection") {
      const { peerNodeId } = CONNECTIONS.keyOf(event.identity);
      this.#destroyWhere(this.#peerDevices, resource, batch, (state) => state.peerNodeId === peerNodeId);
      this.#destroyWhere(this.#paths, resource, batch, (state) => state.peerNodeId === peerNodeId);
    }
  }

  #destroyWhere<Key, State extends Key, Child extends State>(
    table: RecordTable<Key, State, Child>,
    resource: ResourceRecord,
    batch: UpdateBatch,
    goes: (state: State) => boolean = () => true,
  ): void {
    for (const child of table.of(resource).filter((child) => goes(child.state))) {
      this.#destroy(table, child, batch);
    }
  }

  #destroy<Key, State extends Key, Child extends State>(
    table: RecordTable<Key, State, Child>,
    child: ChildRecord<Key, State, Child>,
    batch: UpdateBatch,
  ): void {
    const { resource } = child;
    this.host.forget();
    table.of(resource).splice(table.placeOf(resource, child.state), 1);
    table.records.delete(child.identity);
    this.host.touch(resource);
    this.host.emit(batch, table.kind.update("destroy", resource.name, child.state, undefined), resource);
  }
}
