/**
 * What the API answers of resources against what drbdsetup itself printed as its status of the same state: key by key,
 * value by value. What events2 does not print, and what is added, is listed here and nowhere else.
 */
import assert from "node:assert/strict";
import { resourceToJson } from "../plugins/api/json/resource_json.ts";
import type { Cluster } from "../src/drbd/model/cluster.ts";
import { EventStream } from "../src/drbd/state/stream.ts";
import { fixtureNames, fixtureText, realScenarios } from "./support/core/fixtures.ts";
import { knownAround, runsOf, type Snapshot, snapshotsOf } from "./support/core/real_cluster.ts";
import { say } from "./support/print_line.ts";
import { blockOfLines } from "./support/core/blocks.ts";

/** Keys that drbdsetup status prints and events2 does not. */
const NOT_TOLD = [
  // Whether a connection is encrypted.
  "tls",
  // The details of a resync or verify: events2 prints them with --full --statistics only.
  ...[
    "rs-total",
    "rs-dt-start-ms",
    "rs-paused-ms",
    "rs-dt0-ms",
    "rs-db0-sectors",
    "rs-dt1-ms",
    "rs-db1-sectors",
  ],
  ...["rs-failed", "rs-same-csum", "want", "db0/dt0 [MiB/s]", "db/dt [MiB/s]"],
  ...["ov-start-sector", "ov-stop-sector", "ov-position", "ov-left", "ov-skipped"],
];
/** Keys with which the API goes beyond drbdsetup's status. */
const ADDED = ["may-promote", "promotion-score", "backing-dev", "health", "promoter"];
/** As the details are not known, these are false in the API whatever drbdsetup prints. */
const ALWAYS_FALSE = ["has-sync-details", "has-online-verify-details"];
/** These move from moment to moment while a resync or verify runs. */
const MOVING = [
  ...["read", "written", "received", "sent", "out-of-sync", "pending", "unacked", "percent-in-sync"],
  ...["percent-resync-done", "db1/dt1 [MiB/s]", "estimated-seconds-to-finish"],
];

/** Every value by its place: `r0.devices[0].minor`. Lists are by what identifies their elements: they have no order. */
type Values = Map<string, unknown>;

function valuesOf(json: unknown, leftOut: ReadonlySet<string>): Values {
  const values: Values = new Map();
  const walk = (part: unknown, place: string): void => {
    if (Array.isArray(part)) {
      values.set(`${place}.length`, part.length);
      for (const element of part) walk(element, `${place}[${identityOf(element)}]`);
    } else if (typeof part === "object" && part !== null) {
      for (const [key, value] of Object.entries(part)) {
        if (!leftOut.has(key)) walk(value, `${place}.${key}`);
      }
    } else values.set(place, part);
  };
  walk(json, "");
  return values;
}

function identityOf(element: Record<string, unknown>): unknown {
  const { "peer-node-id": peer, volume, name, this_host, remote_host } = element;
  return peer ?? volume ?? name ?? JSON.stringify([this_host, remote_host]);
}

const printedValues = (text: string) => valuesOf(JSON.parse(text), new Set([...NOT_TOLD, ...ALWAYS_FALSE]));

function answeredValues(cluster: Cluster, nodeIdOf: (name: string) => number): Values {
  const text = `[${
    Array.from(cluster, (resource) =>
      resourceToJson(resource, nodeIdOf(resource.name), { severity: "ok", problems: [] }, undefined))
  }]`;
  for (const key of ALWAYS_FALSE) assert.ok(!text.includes(`"${key}":true`), key);
  return valuesOf(JSON.parse(text), new Set([...ADDED, ...ALWAYS_FALSE]));
}

/** Places at which two answers differ. */
function differences(answered: Values, printed: Values): string[] {
  const places = new Set([...answered.keys(), ...printed.keys()]);
  return [...places].filter((place) => answered.get(place) !== printed.get(place)).sort();
}

const keyOf = (place: string) => /([^.]*)$/.exec(place)?.[1] ?? "";

/** Statuses that were printed by drbd-utils for a scripted kernel, and the events2 stream that passes through that state. */
const SCRIPTED: Readonly<Record<string, string | undefined>> = {
  "empty": "empty",
  "idle-two-peers": "idle-two-peers",
  "ipv6-two-paths": "ipv6-paths",
  "verify": "verify",
  // Nobody recorded a stream of these.
  "no-peers": undefined,
  "primary-peer-down": undefined,
};
/** Where the script of a status is not that of the stream: this many KiB were sent in the one and not in the other. */
const SCRIPTED_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "verify": ["received", "sent"],
};

Deno.test("every recorded status has its stream, or is known to have none", () => {
  const names = fixtureNames("status-json/", /\.json$/).map((name) => /([^/]*)\.json$/.exec(name)?.[1]);
  assert.deepEqual(names, Object.keys(SCRIPTED).sort());
});

for (const [name, streamName] of Object.entries(SCRIPTED)) {
  if (streamName === undefined) continue;
  Deno.test(`the API answers what drbdsetup status prints: ${name}`, () => {
    const text = fixtureText(`status-json/${name}.json`);
    const printed = printedValues(text);
    const nodeId = () => printed.get(`[${JSON.parse(text)[0]?.name}].node-id`) as number;
    const stream = new EventStream();
    let closest: string[] | undefined;
    for (const line of fixtureText(`events2/${streamName}.txt`).trimEnd().split("\n")) {
      stream.take([blockOfLines([line])]);
      if (!stream.live) continue;
      const found = differences(answeredValues(stream.cluster(), nodeId), printed)
        .filter((place) => !SCRIPTED_OTHERWISE[name]?.includes(keyOf(place)));
      if (closest === undefined || found.length < closest.length) closest = found;
    }
    assert.deepEqual(closest, []);
  });
}

/** Whether a resync or verify was under way. Disks of all nodes may be read for it. */
const isSyncing = (snapshots: readonly Snapshot[], at: string) =>
  snapshots.some(({ label, statusJson }) => label === at && statusJson.includes('"has-sync-details": true'));

let equal = 0;
let moving = 0;

for (const folder of realScenarios().filter((folder) => !folder.includes("09-drbdsetup-killed"))) {
  const runs = runsOf(folder, (cluster) => cluster);
  const snapshots = snapshotsOf(folder);
  for (const snapshot of snapshots) {
    const { node, label, statusJson, statusVerbose } = snapshot;
    Deno.test(`the API answers what drbdsetup status prints in ${folder}${node} at ${label}`, () => {
      const printed = printedValues(statusJson);
      const ids = new Map(
        Array.from(statusVerbose.matchAll(/^(\S+) node-id:(\d+)/gm), ([, name, id]) => [name, Number(id)]),
      );
      const found = knownAround(runs, snapshot)
        .map((cluster) => differences(answeredValues(cluster, (name) => ids.get(name) ?? -1), printed))
        .sort((a, b) => a.length - b.length)[0] ?? [];
      const mayMove = isSyncing(snapshots, label);
      assert.deepEqual(found.filter((place) => !mayMove || !MOVING.includes(keyOf(place))), []);
      if (found.length === 0) equal++;
      else moving++;
    });
  }
}

Deno.test("the snapshots of the real cluster were compared with the API", () => {
  say(
    `${equal} answers of the API equal to drbdsetup status in every value, ${moving} in all but what moved`,
  );
  assert.ok(equal + moving >= 51 && equal >= 35, `${equal} and ${moving}`);
});
