/**
 * Every key of events2, for each object in printing order: which part of the line it belongs to, and which words it can have.
 * Source: print functions of drbdsetup.c and drbdsetup_events2.c.
 */
import type { StateObject } from "./event.ts";
import {
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  ROLES,
  TRISTATES,
  WRITE_ORDERINGS,
} from "../model/vocabulary.ts";
import { BLOCKED, RESYNC_SUSPENDED, SUSPENDED, WordList } from "./words.ts";

/** Which part of a line a key belongs to. */
export type Part = "identity" | "state" | "statistics" | "other";

export interface KeyUse {
  readonly part: Part;
  /** Whether drbdd knows this value; absent if the key takes any text. */
  readonly knows?: (value: string) => boolean;
}

export type KeyTable = ReadonlyMap<string, KeyUse>;

function words(list: readonly string[]): (value: string) => boolean {
  const known = new WordList(list);
  return (value) => known.has(value);
}

const yesNo = words(["yes", "no"]);
const tristate = words(TRISTATES);
const diskState = words(DISK_STATES);
const role = words(ROLES);
const number = (value: string) => /^\d+$/.test(value);

const identity: KeyUse = { part: "identity" };
const statistic: KeyUse = { part: "statistics" };

function state(knows?: (value: string) => boolean): KeyUse {
  return knows === undefined ? { part: "state" } : { part: "state", knows };
}

const RESOURCE: KeyTable = new Map([
  ["name", identity],
  ["new_name", identity],
  ["role", state(role)],
  ["suspended", state((value) => SUSPENDED.has(value))],
  ["force-io-failures", state(yesNo)],
  ["write-ordering", state(words(WRITE_ORDERINGS))],
  ["may_promote", state(yesNo)],
  ["promotion_score", state(number)],
]);

const DEVICE: KeyTable = new Map([
  ["name", identity],
  ["volume", identity],
  ["minor", state(number)],
  ["backing_dev", state()],
  ["disk", state(diskState)],
  ["client", state(tristate)],
  ["open", state(tristate)],
  ["quorum", state(yesNo)],
  ["size", state(number)],
  ["read", statistic],
  ["written", statistic],
  ["al-writes", statistic],
  ["bm-writes", statistic],
  ["upper-pending", statistic],
  ["lower-pending", statistic],
  ["al-suspended", { part: "statistics", knows: yesNo }],
  ["blocked", { part: "other", knows: (value) => BLOCKED.has(value) }],
]);

const CONNECTION: KeyTable = new Map([
  ["name", identity],
  ["peer-node-id", identity],
  ["conn-name", state()],
  ["connection", state(words(CONNECTION_STATES))],
  ["role", state(role)],
  ["congested", state(yesNo)],
  ["ap-in-flight", statistic],
  ["rs-in-flight", statistic],
]);

/** Counters of a resync or verify, printed only by `--full --statistics`. */
const VERBOSE = [
  "rs-total",
  "rs-dt-start-ms",
  "rs-paused-ms",
  "rs-dt0-ms",
  "rs-db0-sectors",
  "rs-dt1-ms",
  "rs-db1-sectors",
  "ov-start-sector",
  "ov-stop-sector",
  "ov-position",
  "ov-left",
  "ov-skipped",
  "rs-failed",
  "rs-same-csum",
  "want",
  "dbdt",
  "dbdt0",
];

const PEER_DEVICE: KeyTable = new Map([
  ["name", identity],
  ["peer-node-id", identity],
  ["conn-name", identity],
  ["volume", identity],
  ["replication", state(words(REPLICATION_STATES))],
  ["peer-disk", state(diskState)],
  ["peer-client", state(tristate)],
  ["resync-suspended", state((value) => RESYNC_SUSPENDED.has(value))],
  ...["done", "received", "sent", "out-of-sync", "pending", "unacked", ...VERBOSE, "dbdt1", "eta"]
    .map((key): [string, KeyUse] => [key, statistic]),
]);

const PATH: KeyTable = new Map([
  ["name", identity],
  ["peer-node-id", identity],
  ["conn-name", identity],
  ["local", identity],
  ["peer", identity],
  ["established", state(yesNo)],
]);

const HELPER: KeyTable = new Map(
  ["name", "peer-node-id", "conn-name", "local", "peer", "volume", "minor", "helper", "status"]
    .map((key): [string, KeyUse] => [key, identity]),
);

/** Objects whose lines have keys. */
export type KeyedObject = StateObject | "helper";

export const KEYS: Readonly<Record<KeyedObject, KeyTable>> = {
  "resource": RESOURCE,
  "device": DEVICE,
  "connection": CONNECTION,
  "peer-device": PEER_DEVICE,
  "path": PATH,
  "helper": HELPER,
};
