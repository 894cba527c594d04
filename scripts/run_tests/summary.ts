/** What is printed at the end of all runs. */
import type { Counts } from "./output.ts";
import { slowest, type Timed } from "./timed.ts";

const SHOWN = 10;

/** The last line has the form of the test runner's own: .ci/run adds up such lines. */
export function summary(counts: Counts, times: readonly Timed[], seconds: number): string {
  const { passed, passedSteps, failed, failedSteps, ignored } = counts;
  const slow = slowest(times, SHOWN).map(({ file, name, seconds }) =>
    `${seconds.toFixed(1).padStart(7)} s  ${file}: ${name}`
  );
  return [
    ...(slow.length === 0 ? [] : ["The slowest tests:", ...slow, ""]),
    `${failed === 0 ? "ok" : "FAILED"} | ${passed} passed${steps(passedSteps)} | ${failed} failed${
      steps(failedSteps)
    }${ignored === 0 ? "" : ` | ${ignored} ignored`} (${seconds.toFixed(0)} s)`,
  ].join("\n");
}

function steps(count: number): string {
  return count === 0 ? "" : ` (${count} ${count === 1 ? "step" : "steps"})`;
}
