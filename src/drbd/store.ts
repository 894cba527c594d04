/**
 * The state of all resources, kept as events come.
 *
 * Events find their object by the text of their identity, and compare the text of their state with the one before:
 * one look-up and one comparison for the many lines that bring nothing but counters. Of a resource that nobody wants to
 * be told of, not even that: what a line says is read when somebody looks.
 *
 * Rules taken from how drbdsetup prints (drbdsetup_events2.c): a change of something unknown is its creation; a
 * second create of something known is a change; children go with their parents without lines of their own; what
 * belongs to an unknown resource or connection cannot be placed and is a stray.
 */
import { Cluster } from "./cluster.ts";
import { detach } from "./detach.ts";
import { Entry, Slot } from "./entry.ts";
import { type Event, type RenameEvent, resourceNameOf, type StateEvent } from "./event.ts";
import { FreshList } from "./fresh_list.ts";
import { EVERYTHING, type Interest } from "./interest.ts";
import { CONNECTIONS, DEVICES, PATHS, PEER_DEVICES, typeOfBirth } from "./kinds.ts";
import type { Resource } from "./model.ts";
import { keepResourceState, nextResourceState, resourceStatesDiffer } from "./resource_state.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { isConnected, Table } from "./table.ts";
import type { Drawable, Told } from "./told.ts";

export class Store {
  readonly #entries = new Map<string, Entry>();
  readonly #devices = new Table(DEVICES, (entry) => entry.devices);
  readonly #connections = new Table(CONNECTIONS, (entry) => entry.connections);
  readonly #peerDevices = new Table(PEER_DEVICES, (entry) => entry.peerDevices, isConnected);
  readonly #paths = new Table(PATHS, (entry) => entry.paths, isConnected);
  readonly #fresh = new FreshList();
  /** What changed in this chunk, as far as it is settled. */
  readonly #touched = new Set<Entry>();
  /** Names that resources had before this chunk. */
  #goneNames: string[] = [];
  #cluster: Cluster | undefined = Cluster.EMPTY;
  #interestVersion: number;

  /** Changes of resources outside of `interest` are not told. */
  constructor(readonly interest: Interest = EVERYTHING) {
    this.#interestVersion = interest.version;
  }

  /** Applies `event` and adds what it changed to `told`. False if it belongs to nothing known: then it did nothing. */
  apply(event: Event, told: Told): boolean {
    switch (event.object) {
      case "device":
        return this.#child(this.#devices, event, told);
      case "peer-device":
        return this.#child(this.#peerDevices, event, told);
      case "connection":
        return this.#child(this.#connections, event, told);
      case "resource":
        return this.#resource(event, told);
      case "path":
        return this.#child(this.#paths, event, told);
      case "rename":
        return this.#rename(event, told);
      case "helper": {
        const entry = this.#entries.get(event.name);
        if (entry === undefined) return false;
        told.add({ kind: "helper", type: event.verb, name: entry.name, helper: event }, entry);
        return true;
      }
    }
  }

  /** A chunk of lines begins, so many characters long. */
  beginChunk(characters: number): void {
    if (this.#fresh.isDue(characters)) this.settle();
    this.#touched.clear();
    this.#goneNames = [];
    if (this.interest.version === this.#interestVersion) return;
    this.#interestVersion = this.interest.version;
    for (const entry of this.#entries.values()) entry.isWanted = this.interest.wants(entry.name);
  }

  /**
   * Names of the resources of which anything changed in this chunk, counters too, and of those that are gone: each
   * once. Counters that moved in earlier chunks count as long as nobody has looked.
   */
  touched(): string[] {
    this.settle();
    return [...new Set([...this.#goneNames, ...Array.from(this.#touched, (entry) => entry.name)])];
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Counts what matters at a glance, without drawing anything. */
  summary(): Summary {
    return summaryOf(this.#entries.values());
  }

  /** Tells all that is there as `exists` updates, by name, without drawing anything. */
  tellAll(told: Told): void {
    for (const entry of [...this.#entries.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
      const { name, state } = entry;
      told.add({ kind: "resource", type: "exists", name, old: undefined, new: state }, entry);
      this.#connections.tell(entry, told);
      this.#devices.tell(entry, told);
      this.#peerDevices.tell(entry, told);
      this.#paths.tell(entry, told);
    }
  }

  /** A picture of one resource. */
  resource(name: string): Resource | undefined {
    this.settle();
    return this.#entries.get(name)?.picture();
  }

  /** A resource that is there, to be drawn later: under whatever name it has then, or as it last was. */
  drawable(name: string): Drawable | undefined {
    return this.#entries.get(name);
  }

  /** A picture of all resources. */
  cluster(): Cluster {
    this.settle();
    this.#cluster ??= Cluster.of(Array.from(this.#entries.values(), (entry) => entry.picture()));
    return this.#cluster;
  }

  #resource(event: StateEvent, told: Told): boolean {
    const entry = this.#entries.get(event.identity);
    if (event.verb === "destroy") {
      if (entry !== undefined) this.#destroyResource(entry, told);
      return entry !== undefined;
    }
    if (entry === undefined) {
      this.#createResource(event, told);
    } else if (!entry.isWanted && event.isWhole === true) {
      entry.defer(event.state);
      told.passOver();
      this.#fresh.add(entry);
    } else if (event.state !== entry.rawState) {
      const old = entry.state;
      const rawState = keepResourceState(event.state);
      entry.become(rawState, nextResourceState(rawState, old));
      this.#fresh.add(entry);
      if (resourceStatesDiffer(old, entry.state)) {
        told.add({ kind: "resource", type: "change", name: entry.name, old, new: entry.state }, entry);
      }
    }
    return true;
  }

  #createResource(event: StateEvent, told: Told): void {
    const rawState = keepResourceState(event.state);
    const name = detach(event.identity);
    const state = nextResourceState(rawState, undefined);
    const entry = new Entry(name, rawState, state, this.interest.wants(name));
    this.#fresh.add(entry);
    this.#entries.set(entry.name, entry);
    const type = typeOfBirth(event.verb);
    told.add({ kind: "resource", type, name: entry.name, old: undefined, new: entry.state }, entry);
  }

  #destroyResource(entry: Entry, told: Told): void {
    this.settle();
    entry.freeze();
    this.#destroyWhere(this.#peerDevices, entry, told);
    this.#destroyWhere(this.#paths, entry, told);
    this.#destroyWhere(this.#connections, entry, told);
    this.#destroyWhere(this.#devices, entry, told);
    told.add(
      { kind: "resource", type: "destroy", name: entry.name, old: entry.state, new: undefined },
      entry,
    );
    this.#entries.delete(entry.name);
    this.#touch(entry);
  }

  /** A name that is taken cannot be given: the kernel refuses that. */
  #rename(event: RenameEvent, told: Told): boolean {
    const entry = this.#entries.get(event.name);
    if (entry === undefined || this.#entries.has(event.newName)) return false;
    const { name } = entry;
    const newName = detach(event.newName);
    told.add({ kind: "resource", type: "rename", name, newName }, entry);
    this.#goneNames.push(name);
    this.#entries.delete(name);
    this.#entries.set(newName, entry);
    entry.name = newName;
    entry.isWanted = this.interest.wants(newName);
    this.#devices.rename(entry, name.length);
    this.#connections.rename(entry, name.length);
    this.#peerDevices.rename(entry, name.length);
    this.#paths.rename(entry, name.length);
    this.#touch(entry);
    return true;
  }

  #child<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    event: StateEvent,
    told: Told,
  ): boolean {
    const slot = table.slots.get(event.identity);
    if (slot === undefined) return this.#unheardOf(table, event, told);
    if (event.verb === "destroy") {
      this.#destroyChildrenOf(event, slot.entry, told);
      this.#destroy(table, slot, told);
      return true;
    }
    if (!slot.entry.isWanted && event.isWhole === true && event.blocked === undefined) {
      slot.defer(event.state);
      told.passOver();
    } else if (event.state !== slot.rawState || event.blocked !== undefined) {
      const old = slot.state;
      const rawState = table.kind.keep(event.state);
      const state = table.kind.next(event.blocked, rawState, old, old);
      slot.become(rawState, state);
      if (table.kind.differ(old, state)) {
        told.add(table.kind.update("change", slot.entry.name, old, state), slot.entry);
      }
    }
    slot.rawStatistics = event.statistics;
    this.#fresh.add(slot);
    return true;
  }

  /** No child is known by this identity. */
  #unheardOf<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    event: StateEvent,
    told: Told,
  ): boolean {
    const entry = this.#entries.get(resourceNameOf(event));
    if (entry === undefined) return false;
    const identity = detach(event.identity);
    const key = table.kind.keyOf(identity);
    const place = table.placeOf(entry, key);
    if (place >= 0) {
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
    slot.rawStatistics = event.statistics;
    this.#fresh.add(slot);
    told.add(table.kind.update(typeOfBirth(event.verb), entry.name, undefined, slot.state), entry);
    return true;
  }

  /** Brings pictures up to date; to be done before any is drawn. */
  settle(): void {
    this.#fresh.settle((entry) => this.#touch(entry));
  }

  #touch(entry: Entry): void {
    entry.redraw();
    this.#cluster = undefined;
    this.#touched.add(entry);
  }

  /** What goes with a device or connection without lines of its own. */
  #destroyChildrenOf(event: StateEvent, entry: Entry, told: Told): void {
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
    told: Told,
    goes: (state: State) => boolean = () => true,
  ): void {
    for (const slot of table.of(entry).filter((slot) => goes(slot.state))) this.#destroy(table, slot, told);
  }

  #destroy<Key, State extends Key, Child extends State>(
    table: Table<Key, State, Child>,
    slot: Slot<Key, State, Child>,
    told: Told,
  ): void {
    const { entry } = slot;
    table.of(entry).splice(table.placeOf(entry, slot.state), 1);
    table.slots.delete(slot.identity);
    this.#touch(entry);
    told.add(table.kind.update("destroy", entry.name, slot.state, undefined), entry);
  }
}
