/**
 * What the state text of an event says: one reader for each kind of object. A key that is not there, or whose value
 * makes no sense, is not said; then what was known stays.
 */
import { type Counter, parseCounter, parsePrintedCounter } from "../model/counter.ts";
import { Memo } from "../model/memo.ts";
import type { ConnectionFields, DeviceState, Path, PeerDeviceState, ResourceState } from "../model/model.ts";
import { eachPair } from "../model/pairs.ts";
import {
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  ROLES,
  TRISTATES,
  WRITE_ORDERINGS,
} from "../model/vocabulary.ts";
import { RESYNC_SUSPENDED, SUSPENDED, WordList } from "../events2/words.ts";

/** Some of the fields of a state. */
type Parsed<State> = { -readonly [Key in keyof State]?: State[Key] | undefined };

export type ParsedResource = Parsed<ResourceState>;
export type ParsedConnection = Parsed<ConnectionFields>;
export type ParsedPeerDevice = Parsed<PeerDeviceState>;
export type ParsedPath = Parsed<Path>;
export interface ParsedDevice extends Parsed<Omit<DeviceState, "backingDev">> {
  /** Nothing of a place was said, or that there is `none`. */
  backingDev?: string | undefined;
  /** The kernel may not have told the size though a number was printed. */
  sizeKib?: Counter | undefined;
}

const roles = new WordList(ROLES);
const diskStates = new WordList(DISK_STATES);
const connectionStates = new WordList(CONNECTION_STATES);
const replicationStates = new WordList(REPLICATION_STATES);
const tristates = new WordList(TRISTATES);
const writeOrderings = new WordList(WRITE_ORDERINGS);

export function readResource(text: string): ParsedResource {
  const said: ParsedResource = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "role":
        said.role = roles.read(value);
        break;
      case "suspended":
        said.suspended = SUSPENDED.read(value);
        break;
      case "force-io-failures":
        said.forceIoFailures = yesNo(value);
        break;
      case "write-ordering":
        said.writeOrdering = writeOrderings.read(value);
        break;
      case "may_promote":
        said.mayPromote = yesNo(value);
        break;
      case "promotion_score":
        said.promotionScore = smallNumber(value);
        break;
    }
  });
  return said;
}

/**
 * Each device has its own place, which hardly ever changes; what follows it repeats from device to device.
 */
export function readDevice(text: string): ParsedDevice {
  const at = text.indexOf(" disk:");
  if (at < 0) return readDevicePairs(text);
  return { ...readDevicePairs(text.slice(0, at)), ...afterPlace.get(text.slice(at + 1)) };
}

const afterPlace = new Memo(readDevicePairs);

function readDevicePairs(text: string): ParsedDevice {
  const said: ParsedDevice = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "minor":
        said.minor = smallNumber(value);
        break;
      case "backing_dev":
        said.backingDev = value;
        break;
      case "disk":
        said.diskState = diskStates.read(value);
        break;
      case "client":
        said.client = tristates.read(value);
        break;
      case "open":
        said.open = tristates.read(value);
        break;
      case "quorum":
        said.quorum = yesNo(value);
        break;
      case "size":
        said.sizeKib = parsePrintedCounter(value);
        break;
    }
  });
  return said;
}

export function readConnection(text: string): ParsedConnection {
  const said: ParsedConnection = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "conn-name":
        said.connName = value;
        break;
      case "connection":
        said.connectionState = connectionStates.read(value);
        break;
      case "role":
        said.peerRole = roles.read(value);
        break;
      case "congested":
        said.congested = yesNo(value);
        break;
    }
  });
  return said;
}

export function readPeerDevice(text: string): ParsedPeerDevice {
  const said: ParsedPeerDevice = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "replication":
        said.replicationState = replicationStates.read(value);
        break;
      case "peer-disk":
        said.peerDiskState = diskStates.read(value);
        break;
      case "peer-client":
        said.peerClient = tristates.read(value);
        break;
      case "resync-suspended":
        said.resyncSuspended = RESYNC_SUSPENDED.read(value);
        break;
    }
  });
  return said;
}

export function readPath(text: string): ParsedPath {
  const said: ParsedPath = {};
  eachPair(text, (key, value) => {
    if (key === "established") said.established = yesNo(value);
  });
  return said;
}

function yesNo(value: string): boolean | undefined {
  return value === "yes" ? true : value === "no" ? false : undefined;
}

function smallNumber(value: string): number | undefined {
  const counter = parseCounter(value);
  return typeof counter === "number" ? counter : undefined;
}
