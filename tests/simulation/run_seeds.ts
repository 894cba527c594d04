/** Runs many seeds on all processors: one process each, as one alone cannot use more than one of them. */
import { LineCutter } from "../support/drbdsetup/frames.ts";
import type { FaultProfile } from "./cluster/faults/fault_profiles.ts";
import type { SeedResult } from "./summary.ts";

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  readonly minutes: number;
  /** Name of a wrong state machine; absent: the right one. */
  readonly sabotage?: string | undefined;
  /** Which faults happen. */
  readonly profile: FaultProfile;
  readonly jobs: number;
  /** The checkout whose sources are run; default: this one. */
  readonly tree?: string;
}

const ROOT = new URL("../..", import.meta.url).pathname;

/** A process takes at most so many at a time, so that none idles while another has many left. */
const PORTION = 100;

/** Calls `onResult` for each seed, in no particular order. @throws {Error} If a process fails. */
export async function runSeeds(range: SeedRange, onResult: (result: SeedResult) => void): Promise<void> {
  let next = range.first;
  const end = range.first + range.count;
  const portion = Math.min(PORTION, Math.ceil(range.count / range.jobs));
  const work = async () => {
    while (next < end) {
      const first = next;
      next = Math.min(next + portion, end);
      await runPortion({ ...range, first, count: next - first }, onResult);
    }
  };
  await Promise.all(Array.from({ length: range.jobs }, work));
}

async function runPortion(range: SeedRange, onResult: (result: SeedResult) => void): Promise<void> {
  const { first, count, minutes, profile, sabotage = "", tree = ROOT } = range;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-read",
      `${tree}/tests/simulation/sim_child.ts`,
      `${first}`,
      `${count}`,
      `${minutes}`,
      sabotage,
      "",
      profile,
    ],
    cwd: tree,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  const cutter = new LineCutter();
  for await (const bytes of child.stdout) {
    for (const line of cutter.take(bytes)) onResult(JSON.parse(line));
  }
  const { success } = await child.status;
  if (!success) {
    throw new Error(`Seeds ${first} to ${first + count - 1} could not be run:\n${await complaint}`);
  }
  await complaint;
}
