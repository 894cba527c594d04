/** Parses the state text of an event, for each kind of object. Fields that are missing or invalid are undefined. */
import { type Counter, parseCounter, parsePrintedCounter } from "../../model/counter.ts";
import { Memo } from "../../strings/memo.ts";
import type {
  ConnectionFields,
  DeviceState,
  Path,
  PeerDeviceState,
  ResourceState,
} from "../../model/model.ts";
import { eachPair } from "../../strings/pairs.ts";
import {
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  ROLES,
  TRISTATES,
  WRITE_ORDERINGS,
} from "../../model/vocabulary.ts";
import { RESYNC_SUSPENDED, SUSPENDED, WordList } from "../../events2/words.ts";

/** Some of the fields of a state. */
type Parsed<State> = { -readonly [Key in keyof State]?: State[Key] | undefined };

export type ParsedResource = Parsed<ResourceState>;
export type ParsedConnection = Parsed<ConnectionFields>;
export type ParsedPeerDevice = Parsed<PeerDeviceState>;
export type ParsedPath = Parsed<Path>;
export interface ParsedDevice extends Parsed<Omit<DeviceState, "backingDev">> {
  /** Undefined: the key is missing. `none`: there is no backing device. */
  backingDev?: string | undefined;
  /** Present but undefined: the kernel did not send the size. */
  sizeKib?: Counter | undefined;
}

const roles = new WordList(ROLES);
const diskStates = new WordList(DISK_STATES);
const connectionStates = new WordList(CONNECTION_STATES);
const replicationStates = new WordList(REPLICATION_STATES);
const tristates = new WordList(TRISTATES);
const writeOrderings = new WordList(WRITE_ORDERINGS);

export function readResource(text: string): ParsedResource {
  const fields: ParsedResource = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "role":
        fields.role = roles.read(value);
        break;
      case "suspended":
        fields.suspended = SUSPENDED.read(value);
        break;
      case "force-io-failures":
        fields.forceIoFailures = yesNo(value);
        break;
      case "write-ordering":
        fields.writeOrdering = writeOrderings.read(value);
        break;
      case "may_promote":
        fields.mayPromote = yesNo(value);
        break;
      case "promotion_score":
        fields.promotionScore = smallNumber(value);
        break;
    }
  });
  return fields;
}

/** The backing device differs between devices and hardly changes; the rest repeats and is remembered. */
export function readDevice(text: string): ParsedDevice {
  const at = text.indexOf(" disk:");
  if (at < 0) return readDevicePairs(text);
  return { ...readDevicePairs(text.slice(0, at)), ...afterPlace.get(text.slice(at + 1)) };
}

const afterPlace = new Memo(readDevicePairs);

function readDevicePairs(text: string): ParsedDevice {
  const fields: ParsedDevice = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "minor":
        fields.minor = smallNumber(value);
        break;
      case "backing_dev":
        fields.backingDev = value;
        break;
      case "disk":
        fields.diskState = diskStates.read(value);
        break;
      case "client":
        fields.client = tristates.read(value);
        break;
      case "open":
        fields.open = tristates.read(value);
        break;
      case "quorum":
        fields.quorum = yesNo(value);
        break;
      case "size":
        fields.sizeKib = parsePrintedCounter(value);
        break;
    }
  });
  return fields;
}

export function readConnection(text: string): ParsedConnection {
  const fields: ParsedConnection = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "conn-name":
        fields.connName = value;
        break;
      case "connection":
        fields.connectionState = connectionStates.read(value);
        break;
      case "role":
        fields.peerRole = roles.read(value);
        break;
      case "congested":
        fields.congested = yesNo(value);
        break;
    }
  });
  return fields;
}

export function readPeerDevice(text: string): ParsedPeerDevice {
  const fields: ParsedPeerDevice = {};
  eachPair(text, (key, value) => {
    switch (key) {
      case "replication":
        fields.replicationState = replicationStates.read(value);
        break;
      case "peer-disk":
        fields.peerDiskState = diskStates.read(value);
        break;
      case "peer-client":
        fields.peerClient = tristates.read(value);
        break;
      case "resync-suspended":
        fields.resyncSuspended = RESYNC_SUSPENDED.read(value);
        break;
    }
  });
  return fields;
}

export function readPath(text: string): ParsedPath {
  const fields: ParsedPath = {};
  eachPair(text, (key, value) => {
    if (key === "established") fields.established = yesNo(value);
  });
  return fields;
}

function yesNo(value: string): boolean | undefined {
  return value === "yes" ? true : value === "no" ? false : undefined;
}

function smallNumber(value: string): number | undefined {
  const counter = parseCounter(value);
  return typeof counter === "number" ? counter : undefined;
}
