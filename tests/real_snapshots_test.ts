/**
 * The core's state of a real cluster against what drbdsetup itself printed as its status at the same time.
 *
 * Times of lines and of snapshots are of the same clock. A snapshot takes a moment (the machines are slow), so the
 * status must be what the core knew at some moment within `TOLERANCE_S` of the noted time.
 */
import assert from "node:assert/strict";
import { parseLine } from "../src/drbd/events2.ts";
import { EventStream } from "../src/drbd/stream.ts";
import { fixtureNames, fixtureText, realScenarios } from "./support/fixtures.ts";
import { say } from "./support/say.ts";
import { type Json, printedStatus, statusOf } from "./support/status_json.ts";

const TOLERANCE_S = 3;

/** What the core knew from a moment on. */
interface Known {
  readonly fromS: number;
  readonly status: Json;
}

/** One run of drbdsetup on one node. */
interface Run {
  readonly node: string;
  readonly endS: number;
  readonly known: readonly Known[];
}

interface Snapshot {
  readonly node: string;
  readonly label: string;
  readonly atS: number;
  readonly status: Json;
}

const linesOf = (name: string) => fixtureText(name).split("\n").filter((text) => text !== "");

/** Lines that one read returned share one time, and are a chunk. */
function replay(events: readonly string[], timesS: readonly number[]): Known[] {
  const stream = new EventStream();
  const known: Known[] = [];
  for (let begin = 0, end = 0; begin < events.length; begin = end) {
    const fromS = timesS[begin] as number;
    while (end < events.length && timesS[end] === fromS) end++;
    stream.take(events.slice(begin, end).map((text) => parseLine(text)), 0);
    if (stream.live) known.push({ fromS, status: statusOf(stream.cluster()) });
  }
  return known;
}

function runsOf(folder: string): Run[] {
  return fixtureNames(folder, /^node\d.*\.events2\.txt$/).map((name) => {
    const events = linesOf(name);
    const timesS = linesOf(name.replace(".events2.", ".times.")).map(Number);
    assert.equal(timesS.length, events.length, name);
    const endS = parseFloat(fixtureText(name.replace(".events2.", ".exit.")));
    return { node: nodeOf(name), endS, known: replay(events, timesS) };
  });
}

function snapshotsOf(folder: string): Snapshot[] {
  return fixtureNames(folder, /^node\d\.snaps\.txt$/).flatMap((name) =>
    linesOf(name).map((text) => {
      const [time = "", label = ""] = text.split(" ");
      const status = printedStatus(fixtureText(`${folder}${nodeOf(name)}.${label}.status-statistics.json`));
      return { node: nodeOf(name), label, atS: Number(time), status };
    })
  );
}

function nodeOf(name: string): string {
  return /(node\d)\./.exec(name)?.[1] ?? "";
}

/** What was known within the tolerance of a time. */
function knownAround({ known }: Run, atS: number): Json[] {
  const within = known.filter(({ fromS }, place) => {
    const untilS = known[place + 1]?.fromS ?? Infinity;
    return fromS <= atS + TOLERANCE_S && untilS > atS - TOLERANCE_S;
  });
  return within.map(({ status }) => status);
}

const isSame = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);

let compared = 0;

for (const folder of realScenarios().filter((folder) => !folder.includes("09-drbdsetup-killed"))) {
  const runs = runsOf(folder);
  for (const { node, label, atS, status } of snapshotsOf(folder)) {
    Deno.test(`the core knows what drbdsetup status prints in ${folder}${node} at ${label}`, () => {
      const run = runs.find((run) =>
        run.node === node && atS >= (run.known[0]?.fromS ?? Infinity) && atS <= run.endS
      );
      assert.ok(run, "No recording ran then");
      const known = knownAround(run, atS);
      assert.ok(known.length > 0, "Nothing was known then");
      if (!known.some((each) => isSame(each, status))) assert.deepEqual(known.at(-1), status);
      compared++;
    });
  }
}

Deno.test("the snapshots of the real cluster were compared", () => {
  say(`${compared} snapshots of a real cluster compared`);
  assert.ok(compared >= 51, "Some snapshots are missing");
});
