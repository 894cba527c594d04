/**
 * Recordings of a real cluster beside what drbdsetup itself printed as its status at the time.
 *
 * Times of lines and of snapshots are of the same clock. A snapshot takes a moment (the machines are slow), so the
 * status must be what was known at some moment within `TOLERANCE_S` of the noted time.
 */
import assert from "node:assert/strict";
import type { Cluster } from "../../../src/drbd/model/cluster.ts";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import { fixtureNames, fixtureText } from "./fixtures.ts";
import { blockOfLines } from "./blocks.ts";

const TOLERANCE_S = 3;

/** What was known from a moment on. */
interface Known<View> {
  readonly fromS: number;
  readonly view: View;
}

/** One run of drbdsetup on one node. */
export interface Run<View> {
  readonly node: string;
  readonly endS: number;
  readonly known: readonly Known<View>[];
}

/** What drbdsetup printed of one node at one moment. */
export interface Snapshot {
  readonly node: string;
  readonly label: string;
  readonly atS: number;
  /** `drbdsetup status --json --statistics` */
  readonly statusJson: string;
  /** `drbdsetup status --verbose` */
  readonly statusVerbose: string;
}

/** All runs of a scenario. `draw` keeps of each moment what a test wants of it. */
export function runsOf<View>(folder: string, draw: (cluster: Cluster) => View): Run<View>[] {
  return fixtureNames(folder, /^node\d.*\.events2\.txt$/).map((name) => {
    const events = linesOf(name);
    const timesS = linesOf(name.replace(".events2.", ".times.")).map(Number);
    assert.equal(timesS.length, events.length, name);
    const endS = parseFloat(fixtureText(name.replace(".events2.", ".exit.")));
    return { node: nodeOf(name), endS, known: replay(events, timesS, draw) };
  });
}

export function snapshotsOf(folder: string): Snapshot[] {
  return fixtureNames(folder, /^node\d\.snaps\.txt$/).flatMap((name) =>
    linesOf(name).map((text) => {
      const [time = "", label = ""] = text.split(" ");
      const stem = `${folder}${nodeOf(name)}.${label}`;
      return {
        node: nodeOf(name),
        label,
        atS: Number(time),
        statusJson: fixtureText(`${stem}.status-statistics.json`),
        statusVerbose: fixtureText(`${stem}.status-verbose.txt`),
      };
    })
  );
}

/** What was known on the snapshot's node within the tolerance of its time. */
export function knownAround<View>(runs: readonly Run<View>[], { node, atS }: Snapshot): View[] {
  const run = runs.find((run) =>
    run.node === node && atS >= (run.known[0]?.fromS ?? Infinity) && atS <= run.endS
  );
  assert.ok(run, "No recording ran then");
  const within = run.known.filter(({ fromS }, place) => {
    const untilS = run.known[place + 1]?.fromS ?? Infinity;
    return fromS <= atS + TOLERANCE_S && untilS > atS - TOLERANCE_S;
  });
  assert.ok(within.length > 0, "Nothing was known then");
  return within.map(({ view }) => view);
}

/** Lines that one read returned share one time, and are a chunk. */
function replay<View>(
  events: readonly string[],
  timesS: readonly number[],
  draw: (cluster: Cluster) => View,
): Known<View>[] {
  const stream = new EventStream();
  const known: Known<View>[] = [];
  for (let begin = 0, end = 0; begin < events.length; begin = end) {
    const fromS = timesS[begin] as number;
    while (end < events.length && timesS[end] === fromS) end++;
    stream.take([blockOfLines(events.slice(begin, end))]);
    if (stream.live) known.push({ fromS, view: draw(stream.cluster()) });
  }
  return known;
}

function linesOf(name: string): string[] {
  return fixtureText(name).split("\n").filter((text) => text !== "");
}

function nodeOf(name: string): string {
  return /(node\d)\./.exec(name)?.[1] ?? "";
}
