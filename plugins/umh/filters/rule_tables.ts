/** The tables of rules, one for each kind of object. */
import * as v from "valibot";
import { described } from "../../../src/config/schema/values.ts";
import {
  CONNECTION_STATES,
  DISK_STATES,
  HELPER_PHASES,
  REPLICATION_STATES,
  ROLES,
} from "../../../src/drbd/model/vocabulary.ts";
import { counterFilter, flagFilter, nameFilter, numberFilter, wordFilter } from "./filter.ts";
import { ACTION } from "./action_keys.ts";

/** Types of events, as rules spell them. */
const EVENT_TYPES = ["Exists", "Create", "Destroy", "Change"] as const;

const RESOURCE_NAME = { "resource-name": v.optional(described(nameFilter(), "Name of the DRBD resource.")) };
const EVENT_TYPE = {
  "event-type": v.optional(described(
    wordFilter(EVENT_TYPES),
    "Type of the event: Exists (existed when drbdd started), Create, Change or Destroy.",
  )),
};
const VOLUME = { volume: v.optional(described(numberFilter(), "Number of the volume.")) };
const PEER_NODE_ID = { "peer-node-id": v.optional(described(numberFilter(), "Node id of the peer.")) };

/** The state before and after, with the same fields. */
function states<const Entries extends v.ObjectEntries>(entries: Entries) {
  return {
    old: v.optional(v.pipe(v.object(entries), v.description("The state before."))),
    new: v.optional(v.pipe(v.object(entries), v.description("The state after."))),
  };
}

const RESOURCE_RULE = v.object({
  ...ACTION,
  ...RESOURCE_NAME,
  "event-type": v.optional(described(
    wordFilter([...EVENT_TYPES, "Rename"]),
    "Type of the event: Exists (existed when drbdd started), Create, Change, Rename or Destroy.",
  )),
  ...states({
    "role": v.optional(described(wordFilter(ROLES), "Role of this node.")),
    "may-promote": v.optional(described(flagFilter(), "Whether a promotion would be granted.")),
    "promotion-score": v.optional(described(numberFilter(), "How good the data of this node is.")),
  }),
});

const DEVICE_RULE = v.object({
  ...ACTION,
  ...RESOURCE_NAME,
  ...EVENT_TYPE,
  ...VOLUME,
  ...states({
    "disk-state": v.optional(described(wordFilter(DISK_STATES), "State of the local disk.")),
    "client": v.optional(described(flagFilter(), "Whether it is diskless on purpose.")),
    "quorum": v.optional(described(flagFilter(), "Whether it has quorum.")),
    "size": v.optional(described(counterFilter(), "Size in KiB.")),
    "open": v.optional(described(flagFilter(), "Whether it is open.")),
  }),
});

const PEER_DEVICE_RULE = v.object({
  ...ACTION,
  ...RESOURCE_NAME,
  ...EVENT_TYPE,
  ...VOLUME,
  ...PEER_NODE_ID,
  ...states({
    "peer-disk-state": v.optional(described(wordFilter(DISK_STATES), "State of the peer's disk.")),
    "peer-client": v.optional(described(flagFilter(), "Whether the peer is diskless on purpose.")),
    "resync-suspended": v.optional(
      described(flagFilter(), "Whether a resync is suspended, for any reason."),
    ),
    "replication-state": v.optional(described(wordFilter(REPLICATION_STATES), "State of the replication.")),
  }),
});

const CONNECTION_RULE = v.object({
  ...ACTION,
  ...RESOURCE_NAME,
  ...EVENT_TYPE,
  ...PEER_NODE_ID,
  ...states({
    "conn-name": v.optional(
      described(nameFilter(), "Name of the connection, normally the peer's host name."),
    ),
    "connection-state": v.optional(described(wordFilter(CONNECTION_STATES), "State of the connection.")),
    "peer-role": v.optional(described(wordFilter(ROLES), "Role of the peer.")),
    "congested": v.optional(described(flagFilter(), "Whether the connection is congested.")),
  }),
});

const PATH_RULE = v.object({
  ...ACTION,
  ...RESOURCE_NAME,
  ...EVENT_TYPE,
  ...PEER_NODE_ID,
  "local": v.optional(described(nameFilter(), "Local address, as FAMILY:HOST:PORT.")),
  "peer": v.optional(described(nameFilter(), "Address of the peer, as FAMILY:HOST:PORT.")),
  ...states({
    "established": v.optional(described(flagFilter(), "Whether the path is established.")),
  }),
});

const HELPER_RULE = v.object({
  ...ACTION,
  ...RESOURCE_NAME,
  ...VOLUME,
  ...PEER_NODE_ID,
  "conn-name": v.optional(described(nameFilter(), "Name of the connection, normally the peer's host name.")),
  "helper": v.optional(described(nameFilter(), "Name of the handler, for example fence-peer.")),
  "phase": v.optional(described(
    wordFilter(HELPER_PHASES),
    "call: the kernel is about to run it. response: it has ended.",
  )),
  "exit-status": v.optional(described(
    numberFilter(),
    "Exit status of a helper that exited by itself. Otherwise the rule does not match.",
  )),
});

/** Rules by the names of their tables. */
export const RULE_TABLES = {
  resource: RESOURCE_RULE,
  device: DEVICE_RULE,
  peerdevice: PEER_DEVICE_RULE,
  connection: CONNECTION_RULE,
  path: PATH_RULE,
  helper: HELPER_RULE,
} as const;

export const RULE_TABLE_NAMES = ["resource", "device", "peerdevice", "connection", "path", "helper"] as const;
export type RuleTableName = typeof RULE_TABLE_NAMES[number];

/** A rule of any kind, with all defaults. */
export type RuleTable = v.InferOutput<typeof RULE_TABLES[RuleTableName]>;
