/**
 * The fields of an update that rules can check: the event with the identity of its object, and the object's state before and after.
 *
 * Values are as in drbd-reactor, so that its rules mean the same here: unknown is false, the reasons of a suspended resync are one
 * flag, and an object that does not exist (before its creation, after its destruction) has drbd-reactor's defaults.
 */
import type {
  ConnectionFields,
  DeviceState,
  Path,
  PeerDeviceState,
  ResourceState,
} from "../../../src/drbd/model/model.ts";
import type { Update, UpdateKind } from "../../../src/drbd/model/update.ts";
import type { Tristate } from "../../../src/drbd/model/vocabulary.ts";
import type { Scalar } from "./condition.ts";

/** Reads a value from an update. Undefined: there is none, and no condition on it is fulfilled. */
export type Reader = (update: Update) => Scalar | undefined;

/** One field of an object's state. */
export interface StateField {
  /** The end of its variables' names: `DRBD_OLD_...` and `DRBD_NEW_...`. */
  readonly variable: string;
  readonly old: Reader;
  readonly new: Reader;
  /** Its value when the object does not exist. */
  readonly absent: Scalar;
}

/** The fields by their names in rules. */
export type StateFields = Readonly<Record<string, StateField>>;

const NO_RESOURCE: ResourceState = {
  role: "Unknown",
  suspended: [],
  forceIoFailures: false,
  writeOrdering: undefined,
  mayPromote: false,
  promotionScore: 0,
};

const NO_DEVICE: DeviceState = {
  volume: 0,
  minor: undefined,
  backingDev: undefined,
  diskState: "DUnknown",
  client: "no",
  open: "no",
  quorum: false,
  sizeKib: 0,
  blocked: [],
};

const NO_PEER_DEVICE: PeerDeviceState = {
  peerNodeId: 0,
  volume: 0,
  replicationState: "Off",
  peerDiskState: "DUnknown",
  peerClient: "no",
  resyncSuspended: [],
};

const NO_CONNECTION: ConnectionFields = {
  peerNodeId: 0,
  connName: "",
  connectionState: "StandAlone",
  peerRole: "Unknown",
  congested: false,
};

const NO_PATH: Path = { peerNodeId: 0, local: "", peer: "", established: false };

/** A renamed resource keeps its state. */
function resourceStates(update: Update): Pair<ResourceState> {
  if (update.kind !== "resource") return [NO_RESOURCE, NO_RESOURCE];
  if (update.type === "rename") return [update.resource, update.resource];
  return [update.old ?? NO_RESOURCE, update.new ?? NO_RESOURCE];
}

function deviceStates(update: Update): Pair<DeviceState> {
  if (update.kind !== "device") return [NO_DEVICE, NO_DEVICE];
  return [update.old ?? NO_DEVICE, update.new ?? NO_DEVICE];
}

function peerDeviceStates(update: Update): Pair<PeerDeviceState> {
  if (update.kind !== "peer-device") return [NO_PEER_DEVICE, NO_PEER_DEVICE];
  return [update.old ?? NO_PEER_DEVICE, update.new ?? NO_PEER_DEVICE];
}

/** DRBD prints the connection's name when it is destroyed, too: the name stays. */
function connectionStates(update: Update): Pair<ConnectionFields> {
  if (update.kind !== "connection") return [NO_CONNECTION, NO_CONNECTION];
  const { old, new: now } = update;
  if (now !== undefined) return [old ?? NO_CONNECTION, now];
  return old === undefined
    ? [NO_CONNECTION, NO_CONNECTION]
    : [old, { ...NO_CONNECTION, connName: old.connName }];
}

function pathStates(update: Update): Pair<Path> {
  if (update.kind !== "path") return [NO_PATH, NO_PATH];
  return [update.old ?? NO_PATH, update.new ?? NO_PATH];
}

/** Before and after. */
type Pair<State> = readonly [State, State];

/** `none` is the state of an object that does not exist; `table` has the variable suffix and the reader of each field. */
function stateFields<State>(
  statesOf: (update: Update) => Pair<State>,
  none: State,
  table: Readonly<Record<string, readonly [variable: string, read: (state: State) => Scalar]>>,
): StateFields {
  return Object.fromEntries(
    Object.entries(table).map(([name, [variable, read]]): [string, StateField] => [name, {
      variable,
      old: (update) => read(statesOf(update)[0]),
      new: (update) => read(statesOf(update)[1]),
      absent: read(none),
    }]),
  );
}

const isYes = (word: Tristate) => word === "yes";

/** Fields of states, by kind of object. An update that changes none of them triggers no rule. */
export const STATE_FIELDS: Readonly<Record<UpdateKind, StateFields>> = {
  "resource": stateFields(resourceStates, NO_RESOURCE, {
    "role": ["ROLE", (state) => state.role],
    "may-promote": ["MAY_PROMOTE", (state) => state.mayPromote],
    "promotion-score": ["PROMOTION_SCORE", (state) => state.promotionScore],
  }),
  "device": stateFields(deviceStates, NO_DEVICE, {
    "disk-state": ["DISK_STATE", (state) => state.diskState],
    "client": ["CLIENT", (state) => isYes(state.client)],
    "quorum": ["QUORUM", (state) => state.quorum],
    "size": ["SIZE", (state) => state.sizeKib ?? 0],
    "open": ["OPEN", (state) => isYes(state.open)],
  }),
  "peer-device": stateFields(peerDeviceStates, NO_PEER_DEVICE, {
    "replication-state": ["PEER_REPLICATION_STATE", (state) => state.replicationState],
    "peer-disk-state": ["PEER_DISK_STATE", (state) => state.peerDiskState],
    "peer-client": ["PEER_CLIENT", (state) => isYes(state.peerClient)],
    "resync-suspended": ["PEER_RESYNC_SUSPENDED", (state) => state.resyncSuspended.length > 0],
  }),
  "connection": stateFields(connectionStates, NO_CONNECTION, {
    "conn-name": ["CONN_NAME", (state) => state.connName],
    "connection-state": ["CONN_STATE", (state) => state.connectionState],
    "peer-role": ["PEER_ROLE", (state) => state.peerRole],
    "congested": ["CONGESTED", (state) => state.congested],
  }),
  "path": stateFields(pathStates, NO_PATH, {
    "established": ["ESTABLISHED", (state) => state.established],
  }),
  "helper": {},
};
