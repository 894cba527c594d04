/**
 * The four kinds of children of a resource, each as one description: what tells one from its like, how an event
 * makes its state, and when two states count as different. Reducing a stream and comparing pictures use the same.
 */
import { copyText } from "../model/copy_text.ts";
import type { StateVerb } from "../events2/event.ts";
import { Memo } from "../model/memo.ts";
import type {
  Connection,
  ConnectionFields,
  Device,
  DeviceState,
  Path,
  PeerDevice,
  PeerDeviceState,
  Resource,
} from "../model/model.ts";
import { type Order, placeOf } from "./order.ts";
import { readConnection, readDevice, readPath, readPeerDevice } from "./resource_fields.ts";
import type { ChangeType, Unplaced } from "../model/update.ts";
import { BLOCKED, RESYNC_SUSPENDED, sameWords } from "../events2/words.ts";

/** `Key` identifies a child within its resource, `State` is what updates tell, `Child` what a picture holds. */
export interface Kind<Key, State extends Key, Child extends State> {
  readonly order: Order<Key>;
  /** The children in a picture. */
  of(resource: Resource): readonly Child[];
  /** The key in an event's identity. Texts in it are cut from it. */
  keyOf(identity: string): Key;
  /** The text of an event's state as a string of its own. Few are different: equal ones may be one string. */
  keep(state: string): string;
  /**
   * The state after an event, `state` being the text of the event's state as `keep` gives it, and `blocked` what the
   * event says of that.
   */
  next(blocked: string | undefined, state: string, key: Key, old: State | undefined): State;
  /** Whether something changed that is more than a counter. */
  differ(a: State, b: State): boolean;
  picture(state: State, rawStatistics: string): Child;
  /** The state of a child in a picture. */
  stateOf(child: Child): State;
  /** At least one of `old` and `now` is there. */
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
  keep: copyText,
  next(blocked, text, { volume }, old) {
    const said = readDevice(text);
    return {
      volume,
      minor: said.minor ?? old?.minor,
      backingDev: said.backingDev === undefined
        ? old?.backingDev
        : said.backingDev === "none"
        ? undefined
        : said.backingDev,
      diskState: said.diskState ?? old?.diskState ?? "DUnknown",
      client: said.client ?? old?.client ?? "unknown",
      open: said.open ?? old?.open ?? "unknown",
      // A device that says nothing of quorum has not lost it: services must not stop for a key that is not there.
      quorum: said.quorum ?? old?.quorum ?? true,
      // A size that the kernel did not tell is said, too: then there is none.
      sizeKib: "sizeKib" in said ? said.sizeKib : old?.sizeKib,
      blocked: blocked === undefined ? old?.blocked ?? NOT_BLOCKED : BLOCKED.read(blocked),
    };
  },
  differ: (a, b) =>
    a.diskState !== b.diskState || a.quorum !== b.quorum || a.open !== b.open || a.client !== b.client ||
    a.backingDev !== b.backingDev || a.minor !== b.minor || a.sizeKib !== b.sizeKib,
  picture: (state, rawStatistics) => ({ ...state, rawStatistics }),
  stateOf: ({ rawStatistics: _, ...state }) => state,
  update: (type, name, old, now) => {
    const { volume } = (now ?? old) as DeviceState;
    return { kind: "device", type, name, volume, old, new: now };
  },
};

const connectionSaid = new Memo(readConnection);

export const CONNECTIONS: Kind<ConnectionKey, ConnectionFields, Connection> = {
  order: (a, b) => a.peerNodeId - b.peerNodeId,
  of: (resource) => resource.connections,
  keyOf(identity) {
    const [, peerNodeId] = partsOf(identity, /^[^ ]+ peer-node-id:(\d+)$/);
    return { peerNodeId: Number(peerNodeId) };
  },
  keep: (state) => connectionSaid.keep(state),
  next(_blocked, text, { peerNodeId }, old) {
    const said = connectionSaid.get(text);
    return {
      peerNodeId,
      connName: said.connName ?? old?.connName ?? "",
      connectionState: said.connectionState ?? old?.connectionState ?? "StandAlone",
      peerRole: said.peerRole ?? old?.peerRole ?? "Unknown",
      congested: said.congested ?? old?.congested ?? false,
    };
  },
  differ: (a, b) =>
    a.connectionState !== b.connectionState || a.peerRole !== b.peerRole || a.congested !== b.congested ||
    a.connName !== b.connName,
  picture: (state, rawStatistics) => ({ ...state, rawStatistics }),
  stateOf: ({ rawStatistics: _, ...state }) => state,
  update: (type, name, old, now) => {
    const { peerNodeId } = (now ?? old) as ConnectionFields;
    return { kind: "connection", type, name, peerNodeId, old, new: now };
  },
};

const peerDeviceSaid = new Memo(readPeerDevice);

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
  keep: (state) => peerDeviceSaid.keep(state),
  next(_blocked, text, { peerNodeId, volume }, old) {
    const said = peerDeviceSaid.get(text);
    return {
      peerNodeId,
      volume,
      replicationState: said.replicationState ?? old?.replicationState ?? "Off",
      peerDiskState: said.peerDiskState ?? old?.peerDiskState ?? "DUnknown",
      peerClient: said.peerClient ?? old?.peerClient ?? "unknown",
      resyncSuspended: said.resyncSuspended ?? old?.resyncSuspended ?? NOT_SUSPENDED,
    };
  },
  differ: (a, b) =>
    a.replicationState !== b.replicationState || a.peerDiskState !== b.peerDiskState ||
    a.peerClient !== b.peerClient || !sameWords(a.resyncSuspended, b.resyncSuspended),
  picture: (state, rawStatistics) => ({ ...state, rawStatistics }),
  stateOf: ({ rawStatistics: _, ...state }) => state,
  update: (type, name, old, now) => {
    const { peerNodeId, volume } = (now ?? old) as PeerDeviceState;
    return { kind: "peer-device", type, name, peerNodeId, volume, old, new: now };
  },
};

const pathSaid = new Memo(readPath);

export const PATHS: Kind<PathKey, Path, Path> = {
  order: (a, b) =>
    a.peerNodeId - b.peerNodeId || compareText(a.local, b.local) || compareText(a.peer, b.peer),
  of: (resource) => resource.paths,
  keyOf(identity) {
    const form = /^[^ ]+ peer-node-id:(\d+) conn-name:[^ ]* local:([^ ]+) peer:([^ ]+)$/;
    const [, peerNodeId, local = "", peer = ""] = partsOf(identity, form);
    return { peerNodeId: Number(peerNodeId), local, peer };
  },
  keep: (state) => pathSaid.keep(state),
  next: (_blocked, text, { peerNodeId, local, peer }, old) => ({
    peerNodeId,
    local,
    peer,
    established: pathSaid.get(text).established ?? old?.established ?? false,
  }),
  differ: (a, b) => a.established !== b.established,
  picture: (state) => state,
  stateOf: (path) => path,
  update: (type, name, old, now) => {
    const { peerNodeId, local, peer } = (now ?? old) as Path;
    return { kind: "path", type, name, peerNodeId, local, peer, old, new: now };
  },
};

/** The child like `key` in a picture, if it is there. */
export function childLike<Key, State extends Key, Child extends State>(
  kind: Kind<Key, State, Child>,
  resource: Resource,
  key: Key,
): Child | undefined {
  const children = kind.of(resource);
  const place = placeOf<Key, Key>(children, key, kind.order);
  return place < 0 ? undefined : children[place];
}

/** The parser gives identities this form and no other. */
function partsOf(identity: string, form: RegExp): RegExpExecArray {
  const parts = form.exec(identity);
  if (parts === null) throw new Error(`Identity "${identity}" has not the form ${form}`);
  return parts;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** What the birth of an object is called: the dump's lines say `exists`, all others make it a creation. */
export function typeOfBirth(verb: StateVerb): ChangeType {
  return verb === "exists" ? "exists" : "create";
}
