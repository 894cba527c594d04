/** Simulates whole clusters with faults, and says what the promoter does wrong in them: `deno task sim --help`. */
import { parseArgs } from "node:util";
import {
  type FaultProfile,
  isFaultProfile,
  PROFILES,
} from "../tests/simulation/cluster/faults/fault_profiles.ts";
import { simulate } from "../tests/simulation/cluster/simulation.ts";
import { formatEntry } from "../tests/simulation/cluster/trace.ts";
import { inChangedTree } from "../tests/simulation/sabotages/changed_tree.ts";
import { runSeeds } from "../tests/simulation/run_seeds.ts";
import type { Sabotage, SourceChange } from "../tests/simulation/sabotages/sabotage.ts";
import { SABOTAGES } from "../tests/simulation/sabotages/sabotages.ts";
import { add, formatSummary, formatViolations, NOTHING } from "../tests/simulation/summary.ts";

const USAGE = `Usage: deno task sim [--seeds N] [--seed S] [--minutes M] [--jobs J] [--sabotage NAME]
                     [--profile NAME]

Runs drbdd with its promoter on every node of simulated clusters, each of which follows from its seed, breaks
things, and checks after each event that no service runs where it must not, and that it runs where it can.

  --seeds N         so many clusters, from seed S on (1); 200 without --seed
  --seed S          without --seeds: this one, with a trace of all that happens, up to the first violation
  --minutes M       simulated minutes of each (10)
  --jobs J          processes (as many as there are processors)
  --sabotage NAME   with a promoter that is wrong on purpose:
${
  SABOTAGES.map(({ name, what }) => `                      ${name.padEnd(26)}${what}\n`).join("")
}  --profile NAME    which faults happen: ${PROFILES.join(", ")};
                    without it all, or those among which the sabotage shows
  --help            this text

tests/simulation/README.md says what is simulated, how, and what is not.
`;

interface Options {
  /** Undefined: one seed is replayed. */
  readonly seeds: number | undefined;
  readonly seed: number;
  readonly minutes: number;
  readonly jobs: number;
  readonly sabotage: Sabotage | undefined;
  readonly profile: FaultProfile;
}

/** @throws {TypeError} If an option is unknown or makes no sense. Undefined: only help is wanted. */
function optionsFrom(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      minutes: { type: "string", default: "10" },
      jobs: { type: "string", default: String(navigator.hardwareConcurrency) },
      sabotage: { type: "string" },
      profile: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return undefined;
  const whole = (name: string, text: string, least: number) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(number) && number >= least) return number;
    throw new TypeError(`Cannot use --${name}: found "${text}", expected a whole number from ${least} on`);
  };
  const sabotage = SABOTAGES.find(({ name }) => name === values.sabotage);
  if (values.sabotage !== undefined && sabotage === undefined) {
    const names = SABOTAGES.map(({ name }) => name).join(", ");
    throw new TypeError(`Cannot use --sabotage: found "${values.sabotage}", expected one of ${names}`);
  }
  const profile = values.profile ?? sabotage?.profile ?? "all";
  if (!isFaultProfile(profile)) {
    const names = PROFILES.join(", ");
    throw new TypeError(`Cannot use --profile: found "${profile}", expected one of ${names}`);
  }
  const isReplay = values.seed !== undefined && values.seeds === undefined;
  return {
    seeds: isReplay ? undefined : whole("seeds", values.seeds ?? "200", 1),
    seed: whole("seed", values.seed ?? "1", 0),
    minutes: whole("minutes", values.minutes, 1),
    jobs: whole("jobs", values.jobs, 1),
    sabotage,
    profile,
  };
}

function say(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

function print(text: string): void {
  say(Deno.stdout, text);
}

/** How the same is asked for again. */
function again({ minutes, sabotage, profile }: Options): string {
  return (minutes === 10 ? "" : ` --minutes ${minutes}`) +
    (profile === (sabotage?.profile ?? "all") ? "" : ` --profile "${profile}"`) +
    (sabotage === undefined ? "" : ` --sabotage ${sabotage.name}`);
}

/** The same in a copy of the tree with one fix removed. */
async function replayChanged({ seed, minutes, profile }: Options, change: SourceChange): Promise<number> {
  const options = ["--seed", `${seed}`, "--minutes", `${minutes}`, "--profile", profile];
  return await inChangedTree(change, async (cwd) => {
    const args = ["run", "-A", "--no-check", "scripts/sim.ts", ...options];
    const command = new Deno.Command(Deno.execPath(), { args, cwd, stdout: "inherit", stderr: "inherit" });
    return (await command.output()).code;
  });
}

async function replay(options: Options): Promise<number> {
  const { seed, minutes, sabotage, profile } = options;
  if (sabotage?.change !== undefined) return await replayChanged(options, sabotage.change);
  const { trace, violations } = await simulate(seed, {
    durationMs: minutes * 60_000,
    defect: sabotage?.make() ?? {},
    isTraced: true,
    profile,
  });
  print(trace.entries.map((entry) => `${formatEntry(entry)}\n`).join(""));
  print(violations.length === 0 ? "Nothing was wrong.\n" : "It ends at the first violation.\n");
  return violations.length;
}

async function runAll(options: Options, seeds: number): Promise<number> {
  const { change } = options.sabotage ?? {};
  if (change === undefined) return await runIn(undefined, options, seeds);
  return await inChangedTree(change, (tree) => runIn(tree, options, seeds));
}

/** Runs seeds with the sources of a tree; undefined: of this one. */
async function runIn(tree: string | undefined, options: Options, seeds: number): Promise<number> {
  const { seed, minutes, jobs, sabotage, profile } = options;
  const beginMs = performance.now();
  let sum = NOTHING;
  const range = { first: seed, count: seeds, minutes, jobs, sabotage: sabotage?.name, profile };
  await runSeeds(tree === undefined ? range : { ...range, tree }, (result) => {
    sum = add(sum, result);
    if (result.violations.length > 0) print(formatViolations(result, again(options)));
  });
  print(formatSummary(sum, minutes));
  print(`${((performance.now() - beginMs) / 1000).toFixed(1)} s on ${jobs} processes\n`);
  // In the format of the test runner, for programs that count.
  print(`${sum.seeds - sum.failedSeeds} passed | ${sum.failedSeeds} failed\n`);
  return sum.failedSeeds;
}

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    options = optionsFrom(Deno.args);
  } catch (error) {
    say(Deno.stderr, `${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options === undefined) {
    print(USAGE);
    return 0;
  }
  const failed = options.seeds === undefined ? await replay(options) : await runAll(options, options.seeds);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
