/** The model held against recordings of a real cluster: every object goes through the same states in the same order. */
import assert from "node:assert/strict";
import { RECORDED_SCENARIOS } from "./recorded_scenarios.ts";
import { type Difference, differences, sequencesOf } from "./sequences.ts";

const RECORDINGS = "../shared/fixtures/real-drbd";

/** What is left of differences; each is explained in the README under the same heading. */
const EXPLAINED: ReadonlyMap<string, readonly Difference[]> = new Map([
  [
    "07-suspend-rename node2",
    [{
      // "A line because of a counter"
      object: "device r1renamed 0",
      recorded: ["UpToDate no yes"],
      modelled: [],
    }],
  ],
  [
    "11-primary-reboot node1",
    [{
      // "A packet before the commit"
      object: "peer-device r0 node2 0",
      recorded: [],
      modelled: ["WFBitMapS Outdated no no"],
    }],
  ],
]);

const SEEDS = [1, 2, 3, 4, 5];

for (const [scenario, play] of RECORDED_SCENARIOS) {
  Deno.test(`the model goes through the states of the recording ${scenario}`, () => {
    for (const seed of SEEDS) {
      for (const [stream, lines] of play(seed)) {
        const recorded = sequencesOf(recordingOf(scenario, stream));
        const found = differences(recorded, sequencesOf(lines));
        assert.deepEqual(found, EXPLAINED.get(`${scenario} ${stream}`) ?? [], `${stream}, seed ${seed}`);
      }
    }
  });
}

Deno.test("differences() returns which part of a sequence differs", () => {
  const device = (disk: string) => `change device name:r0 volume:0 disk:${disk} client:no quorum:yes`;
  const found = differences(
    sequencesOf([device("UpToDate"), device("UpToDate"), device("Consistent"), device("UpToDate")]),
    sequencesOf([device("UpToDate"), device("Outdated"), device("UpToDate")]),
  );
  assert.deepEqual(found, [
    { object: "device r0 0", recorded: ["Consistent no yes"], modelled: ["Outdated no yes"] },
  ]);
});

/** @throws {Error} If the recordings are not where they belong: beside the repository. */
function recordingOf(scenario: string, stream: string): string[] {
  const path = `${RECORDINGS}/${scenario}/${stream}.events2.txt`;
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    throw new Error(`The recordings of a real cluster are not there: cannot read "${path}"`, { cause });
  }
  return text.split("\n").filter((line) => line !== "");
}
