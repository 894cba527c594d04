/**
 * The four kinds of children of a resource: what identifies one, how an event changes its state, and which differences are a
 * change. The store and the comparison of snapshots share them.
 */
import { copyText } from "../../strings/copy_text.ts";
import type { StateVerb } from "../../events2/event.ts";
import { Memo } from "../../strings/memo.ts";
import type {
  Connection,
  ConnectionFields,
  Device,
  DeviceState,
  Path,
  PeerDevice,
  PeerDeviceState,
  Resource,
} from "../../model/model.ts";
import { type Order, placeOf } from "./order.ts";
import { readConnection, readDevice, readPath, readPeerDevice } from "./resource_fields.ts";
import type { ChangeType, Unplaced } from "../../model/update.ts";
import { BLOCKED, RESYNC_SUSPENDED, sameWords } from "../../events2/words.ts";

/** `Key` identifies a child within its resource, `State` is what updates show, `Child` is its snapshot. */
export interface Kind<Key, State extends Key, Child extends State> {
  readonly order: Order<Key>;
  /** The children in a snapshot. */
  of(resource: Resource): readonly Child[];
  /** The key in an event's identity; its texts are slices of it. */
  keyOf(identity: string): Key;
  /** A copy of an event's state text that does not keep its block in memory. Equal texts may be one string. */
  own(state: string): string;
  /** The state after an event with the state text `state` (from `own`) and `blocked`. */
  next(blocked: string | undefined, state: string, key: Key, old: State | undefined): State;
  /** Whether more than counters changed. */
  differ(a: State, b: State): boolean;
  snapshot(state: State, rawStatistics: string): Child;
  /** The state of a child in a snapshot. */
  stateOf(child: Child): State;
  /** At least one of `old` and `now` is given. */
  update(type: ChangeType, name: string, old: State | undefined, now: State | undefined): Unplaced;
}

export type DeviceKey = Pick<Device, "volume">;
export type ConnectionKey = Pick<Connection, "peerNodeId">;
export type PeerDeviceKey = Pick<PeerDevice, "peerNodeId" | "volume">;
export type PathKey = Pick<Path, "peerNodeId" | "local" | "peer">;

const NOT_BLOCKED = BLOCKED.read("no");
const NOT_SUSPENDED = RESYNC_SUSPENDED.read("no");

export const DEVICES: Kind<DeviceKey, DeviceState, Device> = {
  order: (a, b) => a.volume - b.volume,
  of: (resource) => resource.devices,
  keyOf(identity) {
    const [, volume] = partsOf(identity, /^[^ ]+ volume:(\d+)$/);
    return { volume: Number(volume) };
  },
  own: copyText,
  next(blocked, text, { volume }, old) {
    const fields = readDevice(text);
    return {
      volume,
      minor: fields.minor ?? old?.minor,
      backingDev: fields.backingDev === undefined
        ? old?.backingDev
        : fields.backingDev === "none"
        ? undefined
        : fields.backingDev,
      diskState: fields.diskState ?? old?.diskState ?? "DUnknown",
      client: fields.client ?? old?.client ?? "unknown",
      open: fields.open ?? old?.open ?? "unknown",
      // A device without the key has not lost quorum: services must not stop because a key is missing.
      quorum: fields.quorum ?? old?.quorum ?? true,
      // The size is in the line but unknown to the kernel: then it is undefined, not the old one.
      sizeKib: "sizeKib" in fields ? fields.sizeKib : old?.sizeKib,
      blocked: blocked === undefined ? old?.blocked ?? NOT_BLOCKED : BLOCKED.read(blocked),
    };
  },
  differ: (a, b) =>
    a.diskState !== b.diskState || a.quorum !== b.quorum || a.open !== b.open || a.client !== b.client ||
    a.backingDev !== b.backingDev || a.minor !== b.minor || a.sizeKib !== b.sizeKib,
  snapshot: (state, rawStatistics) => ({ ...state, rawStatistics }),
  stateOf: ({ rawStatistics: _, ...state }) => state,
  update: (type, name, old, now) => {
    const { volume } = (now ?? old) as DeviceState;
    return { kind: "device", type, name, volume, old, new: now };
  },
};

const connectionParser = new Memo(readConnection);

export const CONNECTIONS: Kind<ConnectionKey, ConnectionFields, Connection> = {
  order: (a, b) => a.peerNodeId - b.peerNodeId,
  of: (resource) => resource.connections,
  keyOf(identity) {
    const [, peerNodeId] = partsOf(identity, /^[^ ]+ peer-node-id:(\d+)$/);
    return { peerNodeId: Number(peerNodeId) };
  },
  own: (state) => connectionParser.own(state),
  next(_blocked, text, { peerNodeId }, old) {
    const fields = connectionParser.get(text);
    return {
      peerNodeId,
      connName: fields.connName ?? old?.connName ?? "",
      connectionState: fields.connectionState ?? old?.connectionState ?? "StandAlone",
      peerRole: fields.peerRole ?? old?.peerRole ?? "Unknown",
      congested: fields.congested ?? old?.congested ?? false,
    };
  },
  differ: (a, b) =>
    a.connectionState !== b.connectionState || a.peerRole !== b.peerRole || a.congested !== b.congested ||
    a.connName !== b.connName,
  snapshot: (state, rawStatistics) => ({ ...state, rawStatistics }),
  stateOf: ({ rawStatistics: _, ...state }) => state,
  update: (type, name, old, now) => {
    const { peerNodeId } = (now ?? old) as ConnectionFields;
    return { kind: "connection", type, name, peerNodeId, old, new: now };
  },
};

const peerDeviceParser = new Memo(readPeerDevice);

export const PEER_DEVICES: Kind<PeerDeviceKey, PeerDeviceState, PeerDevice> = {
  order: (a, b) => a.peerNodeId - b.peerNodeId || a.volume - b.volume,
  of: (resource) => resource.peerDevices,
  keyOf(identity) {
    const [, peerNodeId, volume] = partsOf(
      identity,
      /^[^ ]+ peer-node-id:(\d+) conn-name:[^ ]* volume:(\d+)$/,
    );
    return { peerNodeId: Number(peerNodeId), volume: Number(volume) };
  },
  own: (state) => peerDeviceParser.own(state),
  next(_blocked, text, { peerNodeId, volume }, old) {
    const fields = peerDeviceParser.get(text);
    return {
      peerNodeId,
      volume,
      replicationState: fields.replicationState ?? old?.replicationState ?? "Off",
      peerDiskState: fields.peerDiskState ?? old?.peerDiskState ?? "DUnknown",
      peerClient: fields.peerClient ?? old?.peerClient ?? "unknown",
      resyncSuspended: fields.resyncSuspended ?? old?.resyncSuspended ?? NOT_SUSPENDED,
    };
  },
  differ: (a, b) =>
    a.replicationState !== b.replicationState || a.peerDiskState !== b.peerDiskState ||
    a.peerClient !== b.peerClient || !sameWords(a.resyncSuspended, b.resyncSuspended),
  snapshot: (state, rawStatistics) => ({ ...state, rawStatistics }),
  stateOf: ({ rawStatistics: _, ...state }) => state,
  update: (type, name, old, now) => {
    const { peerNodeId, volume } = (now ?? old) as PeerDeviceState;
    return { kind: "peer-device", type, name, peerNodeId, volume, old, new: now };
  },
};

const pathParser = new Memo(readPath);

export const PATHS: Kind<PathKey, Path, Path> = {
  order: (a, b) =>
    a.peerNodeId - b.peerNodeId || compareText(a.local, b.local) || compareText(a.peer, b.peer),
  of: (resource) => resource.paths,
  keyOf(identity) {
    const form = /^[^ ]+ peer-node-id:(\d+) conn-name:[^ ]* local:([^ ]+) peer:([^ ]+)$/;
    const [, peerNodeId, local = "", peer = ""] = partsOf(identity, form);
    return { peerNodeId: Number(peerNodeId), local, peer };
  },
  own: (state) => pathParser.own(state),
  next: (_blocked, text, { peerNodeId, local, peer }, old) => ({
    peerNodeId,
    local,
    peer,
    established: pathParser.get(text).established ?? old?.established ?? false,
  }),
  differ: (a, b) => a.established !== b.established,
  snapshot: (state) => state,
  stateOf: (path) => path,
  update: (type, name, old, now) => {
    const { peerNodeId, local, peer } = (now ?? old) as Path;
    return { kind: "path", type, name, peerNodeId, local, peer, old, new: now };
  },
};

/** The child of this key in a snapshot. */
export function findChild<Key, State extends Key, Child extends State>(
  kind: Kind<Key, State, Child>,
  resource: Resource,
  key: Key,
): Child | undefined {
  const children = kind.of(resource);
  const place = placeOf<Key, Key>(children, key, kind.order);
  return place < 0 ? undefined : children[place];
}

/** The parser makes identities of this form only. */
function partsOf(identity: string, form: RegExp): RegExpExecArray {
  const parts = form.exec(identity);
  if (parts === null) throw new Error(`Identity "${identity}" does not match ${form}`);
  return parts;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Lines of a dump say `exists`; any other verb for an unknown object creates it. */
export function creationType(verb: StateVerb): ChangeType {
  return verb === "exists" ? "exists" : "create";
}
