/** The schemas of what the API answers, as OpenAPI 3.1 has them (JSON Schema 2020-12). */
import { DECISION_LEVELS } from "../../../src/daemon/status/decision_log.ts";
import {
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  RESYNC_SUSPEND_REASONS,
  ROLES,
  SUSPEND_REASONS,
  WRITE_ORDERINGS,
} from "../../../src/drbd/model/vocabulary.ts";
import { SEVERITIES } from "../../../src/health/problem.ts";
import { UPDATE_KINDS } from "../../../src/drbd/model/update.ts";
import { UPDATE_TYPES } from "../events/events_query.ts";

const boolean = { type: "boolean" };
const text = { type: "string" };
const time = { type: "string", format: "date-time" };
const counter = { type: "integer", minimum: 0 };
const nodeId = { type: "integer", minimum: 0, maximum: 31 };

const described = <Schema>(schema: Schema, description: string) => ({ ...schema, description });
/** A word of DRBD. Newer versions may have further words than the known ones listed. */
const word = (known: readonly string[], description: string) => ({
  type: "string",
  description,
  examples: known,
});
const listOf = (schema: unknown) => ({ type: "array", items: schema });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** An object with these keys and no others. Keys with a question mark may be missing. */
function object(keys: Readonly<Record<string, unknown>>, description?: string) {
  const names = Object.keys(keys);
  return {
    type: "object",
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ""), keys[name]])),
    required: names.filter((name) => !name.endsWith("?")),
    additionalProperties: false,
  };
}

const ADDRESS = object({
  "address": described(text, "Without brackets"),
  "port?": { type: "integer", minimum: 0, maximum: 65535 },
  "family?": word(["ipv4", "ipv6", "sdp", "ssocks"], "Address family"),
});

const DEVICE = object({
  "volume": counter,
  "minor?": counter,
  "disk-state": word(DISK_STATES, "State of the local disk"),
  "client": described(boolean, "Diskless on purpose"),
  "open": described(boolean, "Whether somebody has the device open. False if the kernel does not report it"),
  "quorum": boolean,
  "backing-dev": described(
    { type: ["string", "null"] },
    "Path of the backing device; null while there is none",
  ),
  "size?": described(counter, "KiB"),
  "read?": described(counter, "KiB since the device is there"),
  "written?": described(counter, "KiB since the device is there"),
  "al-writes?": described(counter, "Writes to the activity log"),
  "bm-writes?": described(counter, "Writes to the bitmap"),
  "upper-pending?": described(counter, "Requests under way"),
  "lower-pending?": described(counter, "Requests under way to the disk"),
});

const PEER_DEVICE = object({
  "volume": counter,
  "replication-state": word(REPLICATION_STATES, "State of the replication"),
  "peer-disk-state": word(DISK_STATES, "State of the peer's disk"),
  "peer-client": described(boolean, "Diskless on purpose"),
  "resync-suspended": word(["no", ...RESYNC_SUSPEND_REASONS], "Why the resync waits: `no`, or a comma list"),
  "received?": described(counter, "KiB"),
  "sent?": described(counter, "KiB"),
  "out-of-sync?": described(counter, "KiB"),
  "pending?": described(counter, "Requests that the peer has not answered"),
  "unacked?": described(counter, "Requests of the peer that are not answered"),
  "has-sync-details": described({ const: false }, "The details of a resync are not known here"),
  "has-online-verify-details": described({ const: false }, "The details of a verify are not known here"),
  "percent-in-sync?": described({ type: "number" }, "Of the whole volume, two decimals"),
  "db1/dt1 [MiB/s]?": described({ type: "number" }, "Rate of a resync or verify in the latest moments"),
  "estimated-seconds-to-finish?": described(
    counter,
    "987654321 if there was no recent progress and thus no estimate",
  ),
  "percent-resync-done?": described({ type: "number" }, "Of a running resync or verify"),
});

const CONNECTION = object({
  "peer-node-id": nodeId,
  "name": described(text, "Name of the connection, normally the peer's host name"),
  "connection-state": word(CONNECTION_STATES, "State of the connection"),
  "congested": boolean,
  "peer-role": word(ROLES, "The peer's role"),
  "ap-in-flight?": described(counter, "Sectors of 512 bytes"),
  "rs-in-flight?": described(counter, "Sectors of 512 bytes"),
  "paths": listOf(object({ "this_host": ADDRESS, "remote_host": ADDRESS, "established": boolean })),
  "peer_devices": described(listOf(PEER_DEVICE), "By volume"),
});

const PROBLEM = object({
  "id": described(text, "Stable name of the kind of problem"),
  "severity": { enum: SEVERITIES },
  "about": described(text, "What of the resource has it: a volume, peer or unit. Empty for all of it"),
  "what": described(text, "What happened, as a sentence"),
  "next": described(text, "What to do: a command, or words"),
  "since": described({ type: ["string", "null"], format: "date-time" }, "When drbdd noticed it"),
});
const HEALTH = {
  "severity": described({ enum: SEVERITIES }, "Of the worst problem"),
  "problems": described(listOf(PROBLEM), "The worst first"),
};

const NODE_PROBLEMS = described(
  listOf(PROBLEM),
  "What is wrong with the node as a whole, such as a kernel module that is too old",
);

const timeOrNull = { type: ["string", "null"], format: "date-time" };
const textOrNull = { type: ["string", "null"] };
const UNIT = object({
  "name": text,
  "active-state": described(text, "In systemd's words; unknown if it did not say"),
  "load-state": described(text, "In systemd's words; unknown if it did not say"),
  "freezer-state": described(text, "In systemd's words; unknown if it cannot freeze"),
  "since": described(timeOrNull, "When its state last changed"),
});
const PROMOTER = object({
  "file": described(text, "The name of its file, as drbddctl takes it"),
  "phase": described(textOrNull, "Phase of the promoter; null if the daemon is not the source"),
  "since": described(timeOrNull, "Start of this phase"),
  "on-hold": described(textOrNull, "Why it is on hold, if an administrator put it on hold"),
  "waits-for": described(textOrNull, "What a start of its services waits for"),
  "units": described(
    listOf(UNIT),
    "The target, the promote unit, the start list; empty while not known, and with the shell runner",
  ),
});

const RESOURCE = object({
  "name": text,
  "node-id": described(
    { type: "integer", minimum: -1, maximum: 31 },
    "This node's own; -1 while it is not known",
  ),
  "role": word(ROLES, "This node's role"),
  "suspended": described(boolean, "Whether I/O is suspended, for whatever reason"),
  ...Object.fromEntries(SUSPEND_REASONS.map((reason) => [`suspended-${reason}`, boolean])),
  "force-io-failures": boolean,
  "write-ordering?": word(WRITE_ORDERINGS, "How the order of writes is kept"),
  "may-promote": described(boolean, "Whether a promotion would be granted now. Always false on a Primary"),
  "promotion-score": described(counter, "How good this node's data are; higher is better"),
  "health": described(object(HEALTH), "The assessment of drbdd"),
  "promoter": {
    oneOf: [PROMOTER, { type: "null" }],
    description: "Null if no promoter manages it",
  },
  "devices": described(listOf(DEVICE), "By volume"),
  "connections": described(listOf(CONNECTION), "By peer-node-id"),
}, "A resource in the format of `drbdsetup status --json`, with additional fields of events2");

/** Values of old and new fields; `null` if unknown. */
const eventId = described(
  text,
  "For Last-Event-ID: what came after this. Absent until a snapshot is complete",
);

const FIELDS = {
  type: "object",
  additionalProperties: { type: ["string", "number", "boolean", "null", "array"], items: text },
};

const UPDATE = object({
  "time": described(time, "When drbdd received it"),
  "text": described(text, "For people"),
  "kind": { enum: UPDATE_KINDS },
  "type": { enum: UPDATE_TYPES },
  "name": described(text, "The resource"),
  "volume?": counter,
  "minor?": counter,
  "peer-node-id?": nodeId,
  "conn-name?": text,
  "local?": described(text, "Of paths"),
  "peer?": described(text, "Of paths"),
  "new-name?": described(text, "Of renames"),
  "helper?": described(text, "Of helpers: its name"),
  "status?": described(counter, "Of a helper's response: the raw wait status"),
  "old?": described(FIELDS, "Fields as they were"),
  "new?": described(FIELDS, "Fields as they are"),
}, "Something that changed. Counters alone are no change");

export const SCHEMAS = {
  Resource: RESOURCE,
  Health: object({
    "node": described(text, "Name of this node"),
    "severity": described({ enum: SEVERITIES }, "The worst of all"),
    "stale": described({ type: ["string", "null"] }, "Why the state may be outdated"),
    "problems": NODE_PROBLEMS,
    "resources": described(
      listOf(object({ "name": text, ...HEALTH })),
      "All that DRBD or a promoter has, the worst first",
    ),
  }, "The health of this node"),
  Update: UPDATE,
  Decision: object({
    "time": time,
    "plugin": text,
    "level": described({ enum: DECISION_LEVELS }, "Severity"),
    "text": described(text, "The decision with its reason, or what it waits for"),
  }),
  Status: object({
    "node": described(text, "Name of this node"),
    "version": described(text, "Of drbdd"),
    "stale": described(boolean, "Whether the state is not kept up to date"),
    "reason": described({ type: ["string", "null"] }, "Why it is stale"),
    "problems": NODE_PROBLEMS,
  }),
  Message: {
    description:
      "A line of the event stream as JSON. Server-Sent Events have the same words as event, id and data",
    oneOf: [
      object({ "event": { const: "status" }, "id?": eventId, "data": ref("Status") }),
      object({ "event": { const: "resource" }, "data": ref("Resource") }),
      object({ "event": { const: "gone" }, "data": object({ "name": text }) }),
      object({
        "event": { const: "snapshot-end" },
        "id?": eventId,
        "data": object({ "resources": counter }),
      }),
      object({ "event": { const: "update" }, "id?": eventId, "data": ref("Update") }),
      object({ "event": { const: "reset" }, "id?": eventId, "data": object({ "reason": text }) }),
      object({ "event": { const: "heartbeat" }, "id?": eventId }),
    ],
  },
  Error: object({ "error": described(text, "What is wrong, for people") }),
};
