/**
 * Updates: what changed, as plugins get it.
 *
 * A change of counters alone is not an update. The lines of a chunk are applied together and their updates are published
 * afterwards, in order: each has its exact `old` and `new`, and `resource` as it is after the whole chunk, under its name of
 * then. A destroyed resource is shown as it was before; a new one of the same name appears only in its own updates.
 */
import type { HelperEvent } from "./helper_event.ts";
import type {
  ConnectionFields,
  DeviceState,
  Path,
  PeerDeviceState,
  Resource,
  ResourceState,
} from "./model.ts";

/** `exists`: existed when the daemon (or the subscriber) started. */
export type EventType = "exists" | "create" | "change" | "destroy" | "rename";

interface Common {
  /** The resource's name when the line was printed. */
  readonly name: string;
  readonly resource: Resource;
}

/** An update without its resource. */
export type Unplaced<U = Update> = U extends Update ? Omit<U, "resource"> : never;

/** A rename is not one of these. */
export type ChangeType = Exclude<EventType, "rename">;

/** `old` is absent for `exists` and `create`, `new` for `destroy`. */
interface Changed<State> {
  readonly type: ChangeType;
  readonly old: State | undefined;
  readonly new: State | undefined;
}

export interface ResourceUpdate extends Common, Changed<ResourceState> {
  readonly kind: "resource";
}

/** From now on the resource and its children have the name `newName`. */
export interface RenameUpdate extends Common {
  readonly kind: "resource";
  readonly type: "rename";
  readonly newName: string;
}

export interface DeviceUpdate extends Common, Changed<DeviceState> {
  readonly kind: "device";
  readonly volume: number;
}

export interface ConnectionUpdate extends Common, Changed<ConnectionFields> {
  readonly kind: "connection";
  readonly peerNodeId: number;
}

export interface PeerDeviceUpdate extends Common, Changed<PeerDeviceState> {
  readonly kind: "peer-device";
  readonly peerNodeId: number;
  readonly volume: number;
}

export interface PathUpdate extends Common, Changed<Path> {
  readonly kind: "path";
  readonly peerNodeId: number;
  readonly local: string;
  readonly peer: string;
}

/** The kernel is about to run a user-mode helper, or has its result. */
export interface HelperUpdate extends Common {
  readonly kind: "helper";
  readonly type: "call" | "response";
  readonly helper: HelperEvent;
}

export type Update =
  | ResourceUpdate
  | RenameUpdate
  | DeviceUpdate
  | ConnectionUpdate
  | PeerDeviceUpdate
  | PathUpdate
  | HelperUpdate;

export type UpdateKind = Update["kind"];

/** All kinds, to check names against. */
export const UPDATE_KINDS: readonly UpdateKind[] = [
  "resource",
  "device",
  "connection",
  "peer-device",
  "path",
  "helper",
];
