/**
 * Lines of `drbdsetup events2 --full`, for tests: every key of the object in printing order, with the values of a
 * healthy node unless the test says otherwise.
 */
import type { StateObject, StateVerb } from "../../../src/drbd/events2/event.ts";

/** Values by key as drbdsetup spells it; `undefined` leaves the key out, a key not known to the object comes last. */
export type Values = Readonly<Record<string, string | number | undefined>>;

const IDENTITY: Readonly<Record<StateObject, Values>> = {
  "resource": { name: "web" },
  "device": { name: "web", volume: 0 },
  "connection": { name: "web", "peer-node-id": 1, "conn-name": "beta" },
  "peer-device": { name: "web", "peer-node-id": 1, "conn-name": "beta", volume: 0 },
  "path": {
    name: "web",
    "peer-node-id": 1,
    "conn-name": "beta",
    local: "ipv4:10.0.0.1:7789",
    peer: "ipv4:10.0.0.2:7789",
  },
};

const REST: Readonly<Record<StateObject, Values>> = {
  "resource": {
    role: "Secondary",
    suspended: "no",
    "force-io-failures": "no",
    "write-ordering": "flush",
    may_promote: "yes",
    promotion_score: 10102,
  },
  "device": {
    minor: 1000,
    backing_dev: "/dev/vg0/web",
    disk: "UpToDate",
    client: "no",
    open: "no",
    quorum: "yes",
    size: 1048576,
    read: 0,
    written: 0,
    "al-writes": 0,
    "bm-writes": 0,
    "upper-pending": 0,
    "lower-pending": 0,
    "al-suspended": "no",
    blocked: undefined,
  },
  "connection": {
    connection: "Connected",
    role: "Secondary",
    congested: "no",
    "ap-in-flight": 0,
    "rs-in-flight": 0,
  },
  "peer-device": {
    replication: "Established",
    "peer-disk": "UpToDate",
    "peer-client": "no",
    "resync-suspended": "no",
    done: undefined,
    received: 0,
    sent: 0,
    "out-of-sync": 0,
    pending: 0,
    unacked: 0,
    dbdt1: undefined,
    eta: undefined,
  },
  "path": { established: "yes" },
};

/** One line without its newline. A line that destroys has identifying keys only. */
export function line(verb: StateVerb, object: StateObject, values: Values = {}): string {
  const identity = pick(IDENTITY[object], values);
  const others = Object.fromEntries(Object.entries(values).filter(([key]) => !(key in IDENTITY[object])));
  const rest = verb === "destroy" ? {} : { ...REST[object], ...others };
  return [verb, object, ...pairs(identity), ...pairs(rest)].join(" ");
}

/** The end of a dump. */
export const DUMP_END = "exists -";

/** The dump of a resource with one volume and one peer that is there, parents first; without the end of the dump. */
export function dumpOf(name: string): string[] {
  const objects: StateObject[] = ["resource", "connection", "device", "peer-device", "path"];
  return objects.map((object) =>
    line("exists", object, { name, ...(object === "device" && { blocked: "no" }) })
  );
}

function pick(defaults: Values, values: Values): Values {
  return Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, key in values ? values[key] : value]),
  );
}

function pairs(values: Values): string[] {
  return Object.entries(values).flatMap(([key, value]) => value === undefined ? [] : [`${key}:${value}`]);
}
