/**
 * Recordings of a real cluster as `drbddctl replay` plays them, held against the simulation of the same scenarios: the
 * model instead of the real cluster, the whole daemon with its promoter instead of the replay's. The decisions must
 * be the same, in the same order, at about the same times.
 */
import assert from "node:assert/strict";
import * as v from "valibot";
import { resourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import { readRecording } from "../../../src/ctl/recording/read.ts";
import { replay } from "../../../src/ctl/replay/replay.ts";
import { fixtureText } from "../../support/core/fixtures.ts";
import { decisionsOn, type TimedDecision } from "./tied_promoter.ts";
import { playTimed, TIMED_SCENARIOS } from "./timed_scenarios.ts";

const TABLES: Readonly<Record<string, ResourceInput>> = {
  r0: {
    start: ["r0.service"],
    "preferred-nodes": ["node1", "node2", "node3"],
    "preferred-nodes-policy": "start-only",
  },
  r1: { start: ["r1.service"] },
};

/** "recorders started" in steps.tsv, in seconds since 1970. */
function zeroOf(scenario: string): number {
  return parseFloat(fixtureText(`real-drbd/${scenario}/steps.tsv`));
}

async function replayed(
  scenario: string,
  recording: string,
): Promise<{ decisions: TimedDecision[]; endMs: number }> {
  const stem = `real-drbd/${scenario}/${recording}`;
  const read = readRecording({
    text: fixtureText(`${stem}.events2.txt`),
    times: fixtureText(`${stem}.times.txt`),
  });
  const zeroMs = zeroOf(scenario) * 1_000;
  const decisions: TimedDecision[] = [];
  const resources = Object.entries(TABLES).map(([name, table]) =>
    resourceConfig(name, v.parse(RESOURCE_TABLE, table))
  );
  const node = recording.replace(/\..*$/, "");
  await replay(read, { node, resources, protectionOf: () => "quorum" }, (output) => {
    if (output.kind !== "decision") return;
    decisions.push({ atMs: output.atMs - zeroMs, resource: output.resource, text: output.text });
  });
  return { decisions, endMs: (read.entries.at(-1)?.atUs ?? 0) / 1_000 - zeroMs };
}

/** Clocks of the recorded nodes differ by so much, and commands took their time on them. */
const TOLERANCE_S = 0.7;

/**
 * Decisions at the end of a recording that the simulation has not come to by then. In the model a node that returns is
 * resynchronised by each of its peers for as long as by the first one; in the kernel the second one finds next to nothing
 * left to do. So a disk was UpToDate in the recording that is not so for some more seconds in the simulation.
 */
const LATER_IN_SIMULATION: ReadonlyMap<string, readonly string[]> = new Map([
  ["11-primary-reboot node2.afterboot", ["r0 wait: other nodes are preferred"]],
]);

/** A decision without its time, and without what distinguishes the world of the replay from that of the simulation. */
function wordsOf({ resource, text }: TimedDecision): string {
  const words = text.replace(/^not started here: .*/, "not started here").replace(/^wait [\d.]+ s/, "wait")
    // A recording does not show who stopped the target.
    .replace(/^stop: \S+ was (masked and stopped|stopped from outside).*/, "stop: demoted unexpectedly");
  return `${resource} ${words}`;
}

/** What systemd may be doing, and which promotion is drbdd's, is not in a recording either. */
function isSaidOfSystemd({ text }: TimedDecision): boolean {
  return text.startsWith("demoted unexpectedly; waiting") || text.includes("drbdd did not promote it");
}

/** The daemon keeps with the decisions what it logs of a resource; a replay shows the decisions. */
function isObservation({ text }: TimedDecision): boolean {
  return /^((now|no longer) up in DRBD|The preferred node)\b/.test(text);
}

function waitOf({ text }: TimedDecision): number {
  return Number(/^wait ([\d.]+) s/.exec(text)?.[1] ?? 0);
}

for (const scenario of TIMED_SCENARIOS) {
  for (const seed of [1, 2, 3]) {
    Deno.test(`a replay of ${scenario} decides as the promoter in the simulation does (seed ${seed})`, async () => {
      let count = 0;
      for (const [recording, groups] of playTimed(scenario, seed)) {
        const { decisions, endMs } = await replayed(scenario, recording);
        const simulated = await decisionsOn(recording.replace(/\..*$/, ""), TABLES, groups, endMs);
        for (const name of Object.keys(TABLES)) {
          const of = (all: readonly TimedDecision[]) =>
            all.filter((each) => each.resource === name && !isSaidOfSystemd(each) && !isObservation(each));
          const [ours, theirs] = [of(decisions), of(simulated)];
          const later = LATER_IN_SIMULATION.get(`${scenario} ${recording}`)?.filter((text) =>
            text.startsWith(`${name} `)
          ) ?? [];
          assert.deepEqual(ours.map(wordsOf), [...theirs.map(wordsOf), ...later], recording);
          for (const [place, other] of theirs.entries()) {
            const decision = ours[place];
            assert.ok(decision);
            const apartS = Math.abs(decision.atMs - other.atMs) / 1_000;
            const waitsApartS = Math.abs(waitOf(decision) - waitOf(other));
            const what = `${recording}: ${wordsOf(decision)} at ${decision.atMs / 1_000} s`;
            assert.ok(apartS < TOLERANCE_S, `${what}, in the simulation at ${other.atMs / 1_000} s`);
            assert.ok(
              waitsApartS < TOLERANCE_S,
              `${what}: ${decision.text}, in the simulation ${other.text}`,
            );
          }
          count += ours.length;
        }
      }
      assert.ok(count > 20, `${count} decisions`);
    });
  }
}
