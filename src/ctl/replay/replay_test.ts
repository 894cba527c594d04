import assert from "node:assert/strict";
import * as v from "valibot";
import { resourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import { describeUpdate } from "../../drbd/text/update_text.ts";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import type { Entry } from "../recording/recording.ts";
import { replay, type ReplayOptions } from "./replay.ts";
import type { ReplayOutput } from "./replay_output.ts";

/** A group of lines at a second. */
function at(second: number, ...lines: string[]): Entry {
  return { kind: "lines", atUs: second * 1_000_000, lines };
}

const DUMP = at(0, ...dumpOf("web"), DUMP_END);
const PRIMARY = line("change", "resource", { role: "Primary", may_promote: "no" });
const SECONDARY = line("change", "resource", { role: "Secondary", may_promote: "yes" });
const PEER_PRIMARY = [
  line("change", "resource", { may_promote: "no" }),
  line("change", "connection", { role: "Primary" }),
];
const quorum = (quorum: "yes" | "no") => line("change", "device", { quorum });

async function played(
  entries: readonly Entry[],
  table: ResourceInput = {},
  options: Partial<ReplayOptions> = {},
): Promise<ReplayOutput[]> {
  const outputs: ReplayOutput[] = [];
  const recording = { node: "alpha", timing: "stamps", entries, shown: new Map(), remarks: [] } as const;
  const resources = [resourceConfig("web", v.parse(RESOURCE_TABLE, table))];
  await replay(
    recording,
    { node: "alpha", resources, protectionOf: () => "quorum", ...options },
    (output) => {
      outputs.push(output);
    },
  );
  return outputs;
}

/** What is not an update, with its second. */
function said(outputs: readonly ReplayOutput[]): string[] {
  return outputs.flatMap((output) =>
    output.kind === "update" || output.kind === "present"
      ? []
      : [`${output.atMs / 1000} ${output.kind}: ${output.text}`]
  );
}

Deno.test("a start succeeds when the recording shows the resource Primary here", async () => {
  assert.deepEqual(said(await played([DUMP, at(2, PRIMARY)])), [
    "0.025 decision: start: DRBD may promote here",
    "2 outcome: start: done, as the recording shows it Primary here",
  ]);
});

Deno.test("a start fails when a peer is Primary first", async () => {
  assert.deepEqual(said(await played([DUMP, at(2, ...PEER_PRIMARY)])), [
    "0.025 decision: start: DRBD may promote here",
    "2 decision: not started here: lost the promotion race, beta is Primary",
  ]);
});

Deno.test("a start that the recording does not show fails, and is retried", async () => {
  assert.deepEqual(said(await played([DUMP, at(30)])), [
    "0.025 decision: start: DRBD may promote here",
    "5.025 decision: not started here: the recording shows no promotion within 5 s",
    "5.025 decision: wait 15 s: the last attempt was less than 20 s ago",
    "20.025 decision: start: DRBD may promote here",
    "25.025 decision: not started here: the recording shows no promotion within 5 s",
    "25.025 decision: wait 15 s: the last attempt was less than 20 s ago",
  ]);
});

Deno.test("services are taken to run where the first dump shows the resource Primary; quorum loss stops them", async () => {
  const dump = at(
    0,
    line("exists", "resource", { role: "Primary", may_promote: "no" }),
    ...dumpOf("web").slice(1),
    DUMP_END,
  );
  assert.deepEqual(said(await played([dump, at(5, quorum("no")), at(8, SECONDARY)])), [
    "0 decision: found running: the promotion; drbdd manages them from here on",
    "5 decision: stop: quorum is lost",
    "8 outcome: stop: done, as the recording shows it Secondary here",
  ]);
});

Deno.test("a stop that the recording does not show is taken as done after a while", async () => {
  const end = at(200);
  assert.deepEqual(said(await played([DUMP, at(1, PRIMARY), at(5, quorum("no")), end])).slice(2), [
    "5 decision: stop: quorum is lost",
    "95 outcome: stop: assumed done, though the recording still shows it Primary after 90 s",
    // drbdd would go on trying.
    "100 decision: stop: the resource is still Primary here, though nothing runs on it",
    "190 outcome: stop: assumed done, though the recording still shows it Primary after 90 s",
    "200 decision: stop: the resource is still Primary here, though nothing runs on it",
  ]);
});

Deno.test("a stop ends a start that goes on", async () => {
  const gone = at(2, line("change", "resource", { may_promote: "no" }), quorum("no"));
  assert.deepEqual(said(await played([DUMP, gone, at(9, quorum("yes"))])).slice(1), [
    "2 decision: stop: quorum is lost",
    "2 outcome: stop: done, as the recording shows it Secondary here",
    "2 decision: start ended early: a stop is due",
  ]);
});

Deno.test("what somebody else made Primary is looked after", async () => {
  const entries = [DUMP, at(0.01, PRIMARY), at(5, quorum("no")), at(6, SECONDARY)];
  assert.deepEqual(said(await played(entries)), [
    "0.01 decision: look: somebody else made the resource Primary here",
    "5 decision: stop: quorum is lost",
    "6 outcome: stop: done, as the recording shows it Secondary here",
  ]);
});

Deno.test("freeze and thaw are taken as done", async () => {
  const entries = [DUMP, at(3, PRIMARY), at(5, quorum("no")), at(9, quorum("yes")), at(10)];
  assert.deepEqual(said(await played(entries, { "on-quorum-loss": "freeze" })).slice(1), [
    "2 decision: start: DRBD may promote here",
    "3 outcome: start: done, as the recording shows it Primary here",
    "5 decision: freeze: quorum is lost",
    "5 outcome: freeze: assumed done",
    "9 decision: thaw: quorum is back and the resource is still Primary",
    "9 outcome: thaw: assumed done",
  ]);
});

Deno.test("preferred nodes are seen with the eyes of the node that is named", async () => {
  const table = { "preferred-nodes": ["alpha", "beta", "gamma"] };
  const [first] = said(await played([DUMP, at(9)], table, { node: "gamma" }));
  assert.equal(first, "0 decision: wait 2 s: other nodes are preferred");
  const [sooner] = said(await played([DUMP, at(9)], table, { node: "alpha" }));
  assert.equal(sooner, "0.025 decision: start: DRBD may promote here");
});

Deno.test("a resource without protection is left alone", async () => {
  const outputs = await played([DUMP, at(9)], {}, { protectionOf: () => "none" });
  assert.deepEqual(said(outputs), [
    "0 decision: left alone: neither quorum nor fencing keeps two nodes from being Primary at once",
  ]);
});

Deno.test("ends and starts of drbdsetup are reported, and nothing is started while the state is stale", async () => {
  const outputs = await played([
    at(0, line("exists", "resource", { may_promote: "no" }), ...dumpOf("web").slice(1), DUMP_END),
    at(1, line("change", "resource", { may_promote: "yes" })),
    { kind: "ended", atUs: 1_010_000, reason: "it was killed by SIGKILL" },
    { kind: "started", atUs: 4_000_000 },
    at(4.5, ...dumpOf("web"), DUMP_END),
    at(5),
  ]);
  assert.deepEqual(said(outputs), [
    "1.01 note: drbdsetup ended: it was killed by SIGKILL",
    "1.025 decision: wait 0.2 s: drbdsetup events2 is not running",
    "4 note: drbdsetup was started",
    "4.625 decision: start: DRBD may promote here",
  ]);
});

Deno.test("lines that cannot be used are reported once", async () => {
  const outputs = await played([DUMP, at(0, "gibberish"), at(0, "gibberish")]);
  assert.equal(said(outputs).filter((text) => /Ignoring a line .*gibberish/.test(text)).length, 1);
});

Deno.test("every update is reported once, at its time, before what follows from it", async () => {
  const outputs = await played([DUMP, at(2, ...PEER_PRIMARY)]);
  const updates = outputs.flatMap((output) =>
    output.kind === "update" && output.atMs > 0 ? [describeUpdate(output.update)] : []
  );
  assert.deepEqual(updates, [
    "web: may-promote yes -> no",
    "web connection peer-node-id 1: peer-role Secondary -> Primary",
  ]);
  assert.equal(outputs.at(-1)?.kind, "decision");
  const exists = outputs.filter((output) => output.kind === "update" && output.update.type === "exists");
  assert.equal(exists.length, 5);
});

Deno.test("the pace is kept before anything of a time is shown, decisions by delay too", async () => {
  const paced: number[] = [];
  await played([DUMP, at(9)], {}, {
    pace: (atMs) => {
      paced.push(atMs / 1000);
      return Promise.resolve();
    },
  });
  assert.deepEqual(paced, [0, 0.025, 5.025, 9]);
});

Deno.test("a replay that is given up ends", async () => {
  const stop = new AbortController();
  const recording = {
    node: "a",
    timing: "stamps",
    entries: [DUMP, at(5)],
    shown: new Map(),
    remarks: [],
  } as const;
  const outputs: ReplayOutput[] = [];
  await replay(recording, { node: "a", resources: [], protectionOf: () => "quorum" }, (output) => {
    outputs.push(output);
    stop.abort();
  }, stop.signal);
  assert.ok(outputs.every(({ atMs }) => atMs === 0));
});
