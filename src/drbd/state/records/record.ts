/**
 * The store's mutable records of resources and their children. A snapshot of one is built when it is asked for, is reused
 * until the record changes, and shares its unchanged parts with the next one.
 */
import type { ConnectionKey, DeviceKey, Kind, PathKey, PeerDeviceKey } from "../kinds/kinds.ts";
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

/** A child of a resource. */
export class ChildRecord<Key, State extends Key, Child extends State> {
  #snapshot: Child | undefined;

  /** `identity` is that of events; `state` was parsed from `rawState`. None of the texts may be a slice. */
  constructor(
    readonly kind: Kind<Key, State, Child>,
    readonly resource: ResourceRecord,
    public identity: string,
    public rawState: string,
    public state: State,
    public rawStatistics: string,
  ) {}

  /** Drops the snapshot. */
  invalidate(): void {
    this.#snapshot = undefined;
  }

  snapshot(): Child {
    this.#snapshot ??= this.kind.snapshot(this.state, this.rawStatistics);
    return this.#snapshot;
  }
}

/** The children of one kind of a resource, sorted. */
export type ChildRecords<Key, State extends Key, Child extends State> = ChildRecord<Key, State, Child>[];

/** A resource. */
export class ResourceRecord {
  readonly devices: ChildRecords<DeviceKey, DeviceState, Device> = [];
  readonly connections: ChildRecords<ConnectionKey, ConnectionFields, Connection> = [];
  readonly peerDevices: ChildRecords<PeerDeviceKey, PeerDeviceState, PeerDevice> = [];
  readonly paths: ChildRecords<PathKey, Path, Path> = [];
  #snapshot: Resource | undefined;
  #last: Resource | undefined;

  /** `isWanted`: whether the resource has subscribers. The texts may not be slices. */
  constructor(
    public name: string,
    public rawState: string,
    public state: ResourceState,
    public isWanted: boolean,
  ) {}

  /** How many objects its snapshot has. */
  get size(): number {
    return 1 + this.devices.length + this.connections.length + this.peerDevices.length + this.paths.length;
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
