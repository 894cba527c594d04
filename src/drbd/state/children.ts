/**
 * Devices, connections, peer-devices and paths of all resources, as events write them.
 *
 * Rules taken from how drbdsetup prints (drbdsetup_events2.c): children go with their parents without lines of their
 * own; what belongs to an unknown resource or connection cannot be placed.
 */
import { copyText } from "../model/copy_text.ts";
import { type Entry, Slot } from "./record.ts";
import { resourceNameOf, type StateEvent } from "../events2/event.ts";
import type { Writable } from "./dirty_list.ts";
import { CONNECTIONS, DEVICES, PATHS, PEER_DEVICES, typeOfBirth } from "./kinds.ts";
import { isConnected, Table } from "./record_table.ts";
import type { UpdateBatch } from "./update_batch.ts";
import type { Unplaced } from "../model/update.ts";

/** Who keeps the resources. */
export interface Keeper {
  entryOf(name: string): Entry | undefined;
  /** The child was written: its texts may be cut from their block. */
  wrote(child: Writable): void;
  tell(told: UpdateBatch, update: Unplaced, entry: Entry): void;
  /** A child of the resource went. */
  touch(entry: Entry): void;
  /** From here on whole lines of the object can wait: nobody wants to be told of its changes. */
  learn(event: StateEvent): void;
  /** What is known by its identity may be another one from here on: no line can wait. */
  forget(): void;
}

export class Children {
  readonly #devices = new Table(DEVICES, (entry) => entry.devices);
  readonly #connections = new Table(CONNECTIONS, (entry) => entry.connections);
  readonly #peerDevices = new Table(PEER_DEVICES, (entry) => entry.peerDevices, isConnected);
  readonly #paths = new Table(PATHS, (entry) => entry.paths, isConnected);

  constructor(readonly keeper: Keeper) {}

  /** As `Store.apply`, of what is no resource. */
  apply(event: StateEvent, told: UpdateBatch): boolean {
    switch (event.object) {
      case "resource":
        throw new Error("A resource is nobody's child");
      case "device":
        return this.#child(this.#devices, event, told);
      case "peer-device":
        return this.#child(this.#peerDevices, event, told);
      case "connection":
        return this.#child(this.#connections, event, told);
      case "path":
        return this.#child(this.#paths, event, told);
    }
  }

  /** Tells of all children of a resource as of something found, parents first. */
  tellAll(entry: Entry, told: UpdateBatch): void {
    this.#connections.tell(entry, told);
    this.#devices.tell(entry, told);
    this.#peerDevices.tell(entry, told);
    this.#paths.tell(entry, told);
  }

  /** The resource has a new name; the old one had `oldLength` characters. */
  rename(entry: Entry, oldLength: number): void {
    this.#devices.rename(entry, oldLength);
    this.#connections.rename(entry, oldLength);
    this.#peerDevices.rename(entry, oldLength);
    this.#paths.rename(entry, oldLength);
  }

  /** The resource goes, and its children with it. */
  destroyAll(entry: Entry, told: UpdateBatch): void {
    this.#destroyWhere(this.#peerDevices, entry, told);
    this.#destroyWhere(this.#paths, entry, told);
    this.#destroyWhere(this.#connections, entry, told);
    this.#destroyWhere(this.#devices, entry, told);
  }

  #child<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    event: StateEvent,
    told: UpdateBatch,
  ): boolean {
    const slot = table.slots.get(event.identity);
    if (slot === undefined) return this.#unheardOf(table, event, told);
    if (event.verb === "destroy") {
      this.#destroyChildrenOf(event, slot.entry, told);
      this.#destroy(table, slot, told);
      return true;
    }
    if (!slot.entry.isWanted && event.isWhole === true && event.blocked === undefined) {
      slot.defer(copyText(event.state));
      told.passOver();
      this.keeper.learn(event);
    } else if (event.state !== slot.rawState || event.blocked !== undefined) {
      const old = slot.state;
      const rawState = table.kind.keep(event.state);
      const state = table.kind.next(event.blocked, rawState, old, old);
      slot.become(rawState, state);
      if (table.kind.differ(old, state)) {
        this.keeper.tell(told, table.kind.update("change", slot.entry.name, old, state), slot.entry);
      }
    }
    // Of what nobody wants few lines come here: none of them is to keep a block.
    slot.rawStatistics = slot.entry.isWanted ? event.statistics : copyText(event.statistics);
    this.keeper.wrote(slot);
    return true;
  }

  /** No child is known by this identity. */
  #unheardOf<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    event: StateEvent,
    told: UpdateBatch,
  ): boolean {
    const entry = this.keeper.entryOf(resourceNameOf(event));
    if (entry === undefined) return false;
    const identity = copyText(event.identity);
    const key = table.kind.keyOf(identity);
    const place = table.placeOf(entry, key);
    if (place >= 0) {
      // Under its old identity a line may wait, and must not be read after this one.
      this.keeper.forget();
      table.identify(table.of(entry)[place] as Slot<Key, State, Child>, identity);
      return this.#child(table, event, told);
    }
    if (event.verb === "destroy" || !table.fits(entry, key)) return false;
    const rawState = table.kind.keep(event.state);
    const slot = new Slot(
      table.kind,
      entry,
      identity,
      rawState,
      table.kind.next(event.blocked, rawState, key, undefined),
    );
    table.of(entry).splice(-1 - place, 0, slot);
    table.slots.set(identity, slot);
    slot.rawStatistics = copyText(event.statistics);
    this.keeper.wrote(slot);
    this.keeper.tell(
      told,
      table.kind.update(typeOfBirth(event.verb), entry.name, undefined, slot.state),
      entry,
    );
    if (!entry.isWanted) this.keeper.learn(event);
    return true;
  }

  /** What goes with a device or connection without lines of its own. */
  #destroyChildrenOf(event: StateEvent, entry: Entry, told: UpdateBatch): void {
    if (event.object === "device") {
      const { volume } = DEVICES.keyOf(event.identity);
      this.#destroyWhere(this.#peerDevices, entry, told, (state) => state.volume === volume);
    } else if (event.object === "connection") {
      const { peerNodeId } = CONNECTIONS.keyOf(event.identity);
      this.#destroyWhere(this.#peerDevices, entry, told, (state) => state.peerNodeId === peerNodeId);
      this.#destroyWhere(this.#paths, entry, told, (state) => state.peerNodeId === peerNodeId);
    }
  }

  #destroyWhere<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    entry: Entry,
    told: UpdateBatch,
    goes: (state: State) => boolean = () => true,
  ): void {
    for (const slot of table.of(entry).filter((slot) => goes(slot.state))) this.#destroy(table, slot, told);
  }

  #destroy<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    slot: Slot<Key, State, Child>,
    told: UpdateBatch,
  ): void {
    const { entry } = slot;
    this.keeper.forget();
    table.of(entry).splice(table.placeOf(entry, slot.state), 1);
    table.slots.delete(slot.identity);
    this.keeper.touch(entry);
    this.keeper.tell(told, table.kind.update("destroy", entry.name, slot.state, undefined), entry);
  }
}
