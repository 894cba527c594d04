import assert from "node:assert/strict";
import { KEYS, type Part } from "./keys.ts";
import { OBJECTS } from "../model/vocabulary.ts";

/** By object and part, in printing order. */
const PARTS: Record<string, Record<Part, string>> = {
  "resource": {
    identity: "name new_name",
    state: "role suspended force-io-failures write-ordering may_promote promotion_score",
    statistics: "",
    other: "",
  },
  "device": {
    identity: "name volume",
    state: "minor backing_dev disk client open quorum size",
    statistics: "read written al-writes bm-writes upper-pending lower-pending al-suspended",
    other: "blocked",
  },
  "connection": {
    identity: "name peer-node-id",
    state: "conn-name connection role congested",
    statistics: "ap-in-flight rs-in-flight",
    other: "",
  },
  "peer-device": {
    identity: "name peer-node-id conn-name volume",
    state: "replication peer-disk peer-client resync-suspended",
    statistics:
      "done received sent out-of-sync pending unacked rs-total rs-dt-start-ms rs-paused-ms rs-dt0-ms " +
      "rs-db0-sectors rs-dt1-ms rs-db1-sectors ov-start-sector ov-stop-sector ov-position ov-left ov-skipped " +
      "rs-failed rs-same-csum want dbdt dbdt0 dbdt1 eta",
    other: "",
  },
  "path": {
    identity: "name peer-node-id conn-name local peer",
    state: "established",
    statistics: "",
    other: "",
  },
  "helper": {
    identity: "name peer-node-id conn-name local peer volume minor helper status",
    state: "",
    statistics: "",
    other: "",
  },
};

for (const object of OBJECTS) {
  Deno.test(`KEYS has the keys of a ${object} in printing order, each in its part`, () => {
    const keys: Record<string, string[]> = { identity: [], state: [], statistics: [], other: [] };
    for (const [key, { part }] of KEYS[object]) keys[part]?.push(key);
    const texts = Object.entries(keys).map(([part, names]) => [part, names.join(" ")]);
    assert.deepEqual(Object.fromEntries(texts), PARTS[object]);
  });
}

const WORDS: { object: keyof typeof KEYS; key: string; known: string[]; unknown: string[] }[] = [
  { object: "resource", key: "role", known: ["Unknown", "Primary"], unknown: ["primary", "?"] },
  { object: "resource", key: "suspended", known: ["no", "user,quorum"], unknown: ["yes", ""] },
  { object: "resource", key: "may_promote", known: ["yes", "no"], unknown: ["unknown", "no->yes"] },
  { object: "resource", key: "promotion_score", known: ["0", "10102"], unknown: ["", "-1", "0->1"] },
  { object: "resource", key: "write-ordering", known: ["barrier"], unknown: ["?"] },
  { object: "device", key: "disk", known: ["Diskless", "UpToDate"], unknown: ["DUnknown->UpToDate"] },
  { object: "device", key: "open", known: ["unknown"], unknown: ["??"] },
  { object: "device", key: "quorum", known: ["yes"], unknown: ["unknown"] },
  { object: "device", key: "blocked", known: ["upper,lower"], unknown: ["yes"] },
  { object: "device", key: "al-suspended", known: ["no"], unknown: ["user"] },
  { object: "connection", key: "connection", known: ["TearDown"], unknown: ["Off"] },
  { object: "peer-device", key: "replication", known: ["Off", "Behind"], unknown: ["Connected"] },
  { object: "peer-device", key: "resync-suspended", known: ["max-parallel"], unknown: ["fencing"] },
  { object: "path", key: "established", known: ["yes"], unknown: ["unknown"] },
];

for (const { object, key, known, unknown } of WORDS) {
  Deno.test(`KEYS distinguishes known values of ${key} of a ${object} from unknown ones`, () => {
    const knows = KEYS[object].get(key)?.knows;
    assert.ok(knows !== undefined);
    for (const value of known) assert.ok(knows(value), value);
    for (const value of unknown) assert.ok(!knows(value), value);
  });
}
