/**
 * What changed, as plugins are told.
 *
 * Changed counters alone are no update. Lines of one chunk are reduced together and told afterwards, in order: each
 * update has its exact `old` and `new`, and `resource` as it stands after the whole chunk, under the name it has by
 * then. A resource that is gone by then is there as it was before it went; should another one of its name have come,
 * that is shown in its own updates only.
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

/** `exists`: was there when the daemon (or the subscriber) first looked. */
export type EventType = "exists" | "create" | "change" | "destroy" | "rename";

interface Common {
  /** The resource's name at the time of the line. */
  readonly name: string;
  readonly resource: Resource;
}

/** An update that was not yet asked for its resource. */
export type Unplaced<U = Update> = U extends Update ? Omit<U, "resource"> : never;

/** What an update of a state can say: a rename is none. */
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

/** The resource and all its children are known by `newName` from here on. */
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

/** The kernel calls a user-mode helper, or has its answer. */
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

/** All kinds, for those who check names. */
export const UPDATE_KINDS: readonly UpdateKind[] = [
  "resource",
  "device",
  "connection",
  "peer-device",
  "path",
  "helper",
];
