/** Rules about helpers, on what drbdsetup printed of real ones. */
import assert from "node:assert/strict";
import { fixtureText, recordings } from "./support/core/fixtures.ts";
import { type Fired, firedBy } from "./support/trials/fired_rules.ts";
import { RecordedUpdates } from "./support/core/recorded_updates.ts";

const RESPONSES = `
[[umh]]
[[umh.helper]]
command = "note"
phase = "response"
`;

/** How a helper ended, in words. */
function summary({ env }: Fired): string {
  const ends = [
    ["exit status", env["DRBD_HELPER_EXIT_STATUS"]],
    ["signal", env["DRBD_HELPER_SIGNAL"]],
    ["errno", env["DRBD_HELPER_ERRNO"]],
  ].filter(([, value]) => value !== "").map((words) => words.join(" "));
  const about = `${env["DRBD_RES_NAME"]}/${env["DRBD_VOLUME"]} peer ${env["DRBD_PEER_NODE_ID"]} (${
    env["DRBD_PEER_NAME"]
  })`;
  return `${env["DRBD_HELPER"]} ${about}: ${ends.join(" and ")}`;
}

function updatesOf(text: string) {
  return new RecordedUpdates().read(...text.trimEnd().split("\n"));
}

Deno.test("umh fires for the responses of recorded helpers, with the exit status decoded", async () => {
  const fired = await firedBy(RESPONSES, updatesOf(fixtureText("events2/helpers.txt")));
  assert.deepEqual(fired.map(summary), [
    "fence-peer web/ peer 0 (alpha): exit status 7",
    "before-resync-target web/1 peer 2 (gamma): exit status 1",
    "quorum-lost web/0 peer  (): exit status 0",
    "initial-split-brain web/0 peer 0 (alpha): exit status 5",
    "disconnected web/ peer 2 (gamma): errno 2",
    "local-io-error web/1 peer  (): exit status 127",
    "unfence-peer web/ peer 0 (alpha): signal 9",
    "pri-on-incon-degr web/0 peer 0 (alpha): exit status 0",
  ]);
});

const BY_STATUS: readonly [filter: string, want: readonly string[]][] = [
  ["exit-status = 7", ["fence-peer"]],
  ['exit-status = { operator = "GreaterThan", value = 0 }', [
    "fence-peer",
    "before-resync-target",
    "initial-split-brain",
    "local-io-error",
  ]],
  ["exit-status = 1792", []],
  ["exit-status = 9", []],
];

for (const [filter, want] of BY_STATUS) {
  Deno.test(`umh: of the recorded helpers, those with ${filter}`, async () => {
    const toml = `[[umh]]\n[[umh.helper]]\ncommand = "note"\n${filter}\n`;
    const fired = await firedBy(toml, updatesOf(fixtureText("events2/helpers.txt")));
    assert.deepEqual(fired.map(({ env }) => env["DRBD_HELPER"]), want);
  });
}

const VARIABLES = ["DRBD_HELPER_PHASE", "DRBD_RES_NAME", "DRBD_HELPER", "DRBD_VOLUME", "DRBD_PEER_NODE_ID"];

/** The same, as a line says it. */
function printed(line: string): string {
  const said = (key: string) => new RegExp(` ${key}:(\\S+)`).exec(line)?.[1] ?? "";
  const phase = line.includes("call helper") ? "call" : "response";
  return [phase, said("name"), said("helper"), said("volume"), said("peer-node-id")].join(" ");
}

Deno.test("umh fires for each helper of every recorded stream, in order", async () => {
  let total = 0;
  for (const { name, text } of recordings()) {
    const lines = text.split("\n").filter((line) => / helper /.test(line));
    const fired = await firedBy(`[[umh]]\n[[umh.helper]]\ncommand = "note"\n`, updatesOf(text));
    assert.deepEqual(
      fired.map(({ env }) => VARIABLES.map((name) => env[name]).join(" ")),
      lines.map(printed),
      name,
    );
    total += fired.length;
  }
  assert.ok(total > 100, `only ${total} helpers in all recordings`);
});

Deno.test("umh: all helpers of the real cluster ended with exit status 0", async () => {
  const real = recordings().filter(({ name }) => name.startsWith("real-drbd/"));
  const fired = await Promise.all(real.map(({ text }) => firedBy(RESPONSES, updatesOf(text))));
  const found = fired.flat().map(({ env }) => env["DRBD_HELPER_EXIT_STATUS"]);
  assert.ok(found.length > 50, `only ${found.length} responses`);
  assert.deepEqual([...new Set(found)], ["0"]);
});
