/**
 * What the store keeps of a resource and its children: written as lines come, and drawn as an immutable picture when
 * somebody looks. A picture holds until something of it changes, and shares with the next one what did not.
 */
import { copyText } from "../model/copy_text.ts";
import type { ConnectionKey, DeviceKey, Kind, PathKey, PeerDeviceKey } from "./kinds.ts";
import { KeptState } from "./kept_state.ts";
import type {
  Connection,
  ConnectionFields,
  Device,
  DeviceState,
  Path,
  PeerDevice,
  PeerDeviceState,
  Resource,
  ResourceState,
} from "../model/model.ts";
import { keepResourceState, nextResourceState } from "./resource_state.ts";

/** A child of a resource. */
export class Slot<Key, State extends Key, Child extends State> extends KeptState<State> {
  /** Cut from the block of lines it came in as long as the slot is fresh. */
  rawStatistics = "";
  /** Was written since it was last settled. */
  isFresh = false;
  #picture: Child | undefined;
  #settledStatistics = "";

  /**
   * `identity` is the events'; `rawState` is the text that `state` was read from. Both are strings of their own.
   */
  constructor(
    readonly kind: Kind<Key, State, Child>,
    readonly entry: Entry,
    public identity: string,
    rawState: string,
    state: State,
  ) {
    super(rawState, state);
  }

  protected override keep(text: string): string {
    return this.kind.keep(text);
  }

  protected override next(text: string, old: State): State {
    return this.kind.next(undefined, text, old, old);
  }

  /**
   * Lets the texts go of the block of lines they are cut from. Returns whether anything is new since the last
   * time; then what was drawn does not hold any more.
   */
  settle(): boolean {
    this.isFresh = false;
    const isNewState = this.settleState();
    const isNew = isNewState || this.rawStatistics !== this.#settledStatistics;
    if (isNew) {
      this.#settledStatistics = copyText(this.rawStatistics);
      this.#picture = undefined;
    }
    this.rawStatistics = this.#settledStatistics;
    return isNew;
  }

  snapshot(): Child {
    this.#picture ??= this.kind.picture(this.state, this.rawStatistics);
    return this.#picture;
  }
}

/** The slots of one kind of child of one resource, in the kind's order. */
export type Slots<Key, State extends Key, Child extends State> = Slot<Key, State, Child>[];

/** A resource. */
export class Entry extends KeptState<ResourceState> {
  readonly devices: Slots<DeviceKey, DeviceState, Device> = [];
  readonly connections: Slots<ConnectionKey, ConnectionFields, Connection> = [];
  readonly peerDevices: Slots<PeerDeviceKey, PeerDeviceState, PeerDevice> = [];
  readonly paths: Slots<PathKey, Path, Path> = [];
  #picture: Resource | undefined;
  #last: Resource | undefined;

  /** The state was written since it was last settled. */
  isFresh = false;

  /** `isWanted`: whether anybody wants to be told of changes. */
  constructor(public name: string, rawState: string, state: ResourceState, public isWanted: boolean) {
    super(rawState, state);
  }

  /** The resource that a child's entry is: this. */
  get entry(): this {
    return this;
  }

  /** How many objects are in its picture. */
  get size(): number {
    return 1 + this.devices.length + this.connections.length + this.peerDevices.length + this.paths.length;
  }

  protected override keep(text: string): string {
    return keepResourceState(text);
  }

  protected override next(text: string, old: ResourceState): ResourceState {
    return nextResourceState(text, old);
  }

  /** As of a child. */
  settle(): boolean {
    this.isFresh = false;
    return this.settleState();
  }

  /** What was drawn does not hold any more. */
  redraw(): void {
    this.#picture = undefined;
  }

  /** The resource is about to go: its picture stays what it is now. */
  freeze(): void {
    this.#last = this.snapshot();
  }

  snapshot(): Resource {
    if (this.#last !== undefined) return this.#last;
    this.#picture ??= {
      name: this.name,
      ...this.state,
      devices: this.devices.map((slot) => slot.snapshot()),
      connections: this.connections.map((slot) => slot.snapshot()),
      peerDevices: this.peerDevices.map((slot) => slot.snapshot()),
      paths: this.paths.map((slot) => slot.snapshot()),
    };
    return this.#picture;
  }
}
