/**
 * The store's mutable records of resources and their children. A snapshot of one is built when it is asked for, is reused
 * until the record changes, and shares its unchanged parts with the next one.
 */
import { copyText } from "../../strings/copy_text.ts";
import type { ConnectionKey, DeviceKey, Kind, PathKey, PeerDeviceKey } from "../kinds/kinds.ts";
import { LazyState } from "./lazy_state.ts";
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
} from "../../model/model.ts";
import { nextResourceState, ownStateText } from "../kinds/resource_state.ts";

/** A child of a resource. */
export class ChildRecord<Key, State extends Key, Child extends State> extends LazyState<State> {
  /** A slice of a block of lines while the record is dirty. */
  rawStatistics = "";
  /** Written since the last flush. */
  isDirty = false;
  #snapshot: Child | undefined;
  #flushedStatistics = "";

  /** `identity` is that of events; `state` was parsed from `rawState`. Neither may be a slice. */
  constructor(
    readonly kind: Kind<Key, State, Child>,
    readonly resource: ResourceRecord,
    public identity: string,
    rawState: string,
    state: State,
  ) {
    super(rawState, state);
  }

  protected override own(text: string): string {
    return this.kind.own(text);
  }

  protected override next(text: string, old: State): State {
    return this.kind.next(undefined, text, old, old);
  }

  /** Copies the texts out of their block. Returns whether anything changed since the last flush; then the snapshot is dropped. */
  flush(): boolean {
    this.isDirty = false;
    const isNewState = this.flushState();
    const isNew = isNewState || this.rawStatistics !== this.#flushedStatistics;
    if (isNew) {
      this.#flushedStatistics = copyText(this.rawStatistics);
      this.#snapshot = undefined;
    }
    this.rawStatistics = this.#flushedStatistics;
    return isNew;
  }

  snapshot(): Child {
    this.#snapshot ??= this.kind.snapshot(this.state, this.rawStatistics);
    return this.#snapshot;
  }
}

/** The children of one kind of a resource, sorted. */
export type ChildRecords<Key, State extends Key, Child extends State> = ChildRecord<Key, State, Child>[];

/** A resource. */
export class ResourceRecord extends LazyState<ResourceState> {
  readonly devices: ChildRecords<DeviceKey, DeviceState, Device> = [];
  readonly connections: ChildRecords<ConnectionKey, ConnectionFields, Connection> = [];
  readonly peerDevices: ChildRecords<PeerDeviceKey, PeerDeviceState, PeerDevice> = [];
  readonly paths: ChildRecords<PathKey, Path, Path> = [];
  #snapshot: Resource | undefined;
  #last: Resource | undefined;

  /** Written since the last flush. */
  isDirty = false;

  /** `isWanted`: whether the resource has subscribers. */
  constructor(public name: string, rawState: string, state: ResourceState, public isWanted: boolean) {
    super(rawState, state);
  }

  /** As of a child: here, the record itself. */
  get resource(): this {
    return this;
  }

  /** How many objects its snapshot has. */
  get size(): number {
    return 1 + this.devices.length + this.connections.length + this.peerDevices.length + this.paths.length;
  }

  protected override own(text: string): string {
    return ownStateText(text);
  }

  protected override next(text: string, old: ResourceState): ResourceState {
    return nextResourceState(text, old);
  }

  /** As of a child. */
  flush(): boolean {
    this.isDirty = false;
    return this.flushState();
  }

  /** Drops the snapshot. */
  invalidate(): void {
    this.#snapshot = undefined;
  }

  /** The resource is about to be destroyed: keeps its last snapshot. */
  freeze(): void {
    this.#last = this.snapshot();
  }

  snapshot(): Resource {
    if (this.#last !== undefined) return this.#last;
    this.#snapshot ??= {
      name: this.name,
      ...this.state,
      devices: this.devices.map((child) => child.snapshot()),
      connections: this.connections.map((child) => child.snapshot()),
      peerDevices: this.peerDevices.map((child) => child.snapshot()),
      paths: this.paths.map((child) => child.snapshot()),
    };
    return this.#snapshot;
  }
}
