/** Puts one mechanical fault after the other into the decision code, and looks whether it is found: `--help`. */
import { parseArgs } from "node:util";
import { TreeCopy } from "../../tests/support/tree_copy.ts";
import { type Mutant, mutator } from "./mutants.ts";

const USAGE =
  `Usage: deno task mutate [--files A,B] [--every N] [--first K] [--seeds N] [--minutes M] [--jobs J] [--list]

Changes the decision code of the promoter mechanically, in copies of the tree: negated conditions, swapped
comparisons, changed constants, dropped statements. For each such mutant it runs the unit tests of plugins/promoter
that import the changed file, and if they find nothing, simulated clusters. Prints those that survive both.

  --files A,B   only these files of plugins/promoter
  --every N     only each Nth mutant, from the Kth on (--first, 0)
  --seeds N     simulated clusters for each mutant that the unit tests let pass (60)
  --minutes M   begins no mutant after so long (60)
  --jobs J      processes (2)
  --list        prints the mutants and runs nothing
  --help        this text
`;

/** What decides, of plugins/promoter: all of `decide/`, and what else judges without a side effect. */
const DECIDES = [
  ...sourcesBelow("decide").sort(),
  "checks/protection.ts",
  "systemd/after_stop.ts",
  "systemd/stop_cause.ts",
];
const PLUGIN = "plugins/promoter";
const ROOT = new URL("../..", import.meta.url).pathname;
/**
 * Tests and clusters of a mutant that take longer have been made to run for ever: that is found, too. On a busy machine the
 * limit is a multiple of what they take without a fault.
 */
const UNIT_TESTS_MS = 120_000;
const SIMULATION_MS = 300_000;
const MOST_TIMES = 10;
/** Without a fault, at most. */
const SOUND_MS = 3_600_000;
/** How often it prints how far it has come, in mutants. */
const PROGRESS = 50;

type Found = "unit tests" | "simulation" | undefined;

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      files: { type: "string" },
      every: { type: "string", default: "1" },
      first: { type: "string", default: "0" },
      seeds: { type: "string", default: "60" },
      minutes: { type: "string", default: "60" },
      jobs: { type: "string", default: "2" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return print(USAGE);
  const files = values.files?.split(",") ?? DECIDES;
  const mutantsOf = await mutator();
  const all = files.flatMap((file) => {
    const path = `${PLUGIN}/${file}`;
    return mutantsOf(path, Deno.readTextFileSync(ROOT + path));
  });
  const mutants = all.filter((_mutant, place) => place % Number(values.every) === Number(values.first));
  if (values.list) return print(mutants.map(describe).join(""));
  const untilMs = Date.now() + Number(values.minutes) * 60_000;
  const counts = { "unit tests": 0, "simulation": 0, "survived": 0 };
  const rest = [...mutants];
  const work = async () => {
    const tree = await TreeCopy.make();
    try {
      const unitTestsMs = Math.max(UNIT_TESTS_MS, MOST_TIMES * await soundMs(tree.path, mutants));
      for (let mutant = rest.shift(); mutant !== undefined && Date.now() < untilMs; mutant = rest.shift()) {
        const found = await tryOut(mutant, tree, Number(values.seeds), unitTestsMs);
        counts[found ?? "survived"]++;
        if (rest.length % PROGRESS === 0) print(`${rest.length} mutants are left\n`);
        if (found === undefined) print(`survived: ${describe(mutant)}`);
      }
    } finally {
      await tree.remove();
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  const caught = counts["unit tests"] + counts.simulation;
  const tried = caught + counts.survived;
  print(
    `${tried} of ${all.length} mutants: ${
      counts["unit tests"]
    } found by unit tests, ${counts.simulation} by the ` +
      `simulation, ${counts.survived} survived: ${(100 * caught / Math.max(tried, 1)).toFixed(1)} % caught\n`,
  );
  return 0;
}

/**
 * How long the tests take without a fault. Those that fail then would count each fault as found.
 * @throws {Error} If some do.
 */
async function soundMs(tree: string, mutants: readonly Mutant[]): Promise<number> {
  const tests = [...new Set(mutants.flatMap(({ path }) => testsOf(path)))].sort();
  const startedMs = performance.now();
  if (tests.length > 0 && !await succeeds(tree, SOUND_MS, "test", "-A", "--no-check", ...tests)) {
    throw new Error(`Tests fail in a copy of the tree without a fault, in ${tree}: ${tests.join(" ")}`);
  }
  return performance.now() - startedMs;
}

async function tryOut(
  mutant: Mutant,
  tree: TreeCopy,
  seeds: number,
  unitTestsMs: number,
): Promise<Found> {
  const change = (text: string) => text.slice(0, mutant.from) + mutant.replacement + text.slice(mutant.to);
  return await tree.changing(mutant.path, change, () => findMutant(mutant, tree.path, seeds, unitTestsMs));
}

async function findMutant(mutant: Mutant, tree: string, seeds: number, unitTestsMs: number): Promise<Found> {
  // Tests in the file's folder find nearly all, in a third of the time.
  const folder = mutant.path.slice(0, mutant.path.lastIndexOf("/") + 1);
  const { near = [], far = [] } = Object.groupBy(
    testsOf(mutant.path),
    (test) => test.startsWith(folder) ? "near" : "far",
  );
  for (const tests of [near, far]) {
    const args = ["test", "-A", "--no-check", "--fail-fast", ...tests];
    if (tests.length > 0 && !await succeeds(tree, unitTestsMs, ...args)) return "unit tests";
  }
  const simulation = [
    "run",
    "-A",
    "--no-check",
    "tests/simulation/sim_child.ts",
    "1",
    `${seeds}`,
    "10",
    "",
    "stop",
  ];
  return await succeeds(tree, SIMULATION_MS, ...simulation) ? undefined : "simulation";
}

async function succeeds(cwd: string, limitMs: number, ...args: readonly string[]): Promise<boolean> {
  const signal = AbortSignal.timeout(limitMs);
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    signal,
    stdout: "null",
    stderr: "null",
  });
  return (await command.output()).success;
}

/** Tests of the plugin that import a file, directly or by way of others. */
function testsOf(path: string): string[] {
  return testsBelow(PLUGIN).filter((test) => imports(test, path, new Set())).sort();
}

/** Sources of the plugin in a folder and its sub folders, without tests. */
function sourcesBelow(folder: string): string[] {
  const url = new URL(`../../plugins/promoter/${folder}`, import.meta.url);
  return [...Deno.readDirSync(url)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return sourcesBelow(path);
    return path.endsWith(".ts") && !path.endsWith("_test.ts") ? [path] : [];
  });
}

function testsBelow(folder: string): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return testsBelow(path);
    return path.endsWith("_test.ts") ? [path] : [];
  });
}

function imports(from: string, wanted: string, seen: Set<string>): boolean {
  if (from === wanted) return true;
  if (seen.has(from) || !from.endsWith(".ts")) return false;
  seen.add(from);
  const text = Deno.readTextFileSync(ROOT + from);
  const base = new URL(`file:///${from}`);
  return [...text.matchAll(/from "(\.[^"]+)"/g)].some(([, to = ""]) =>
    imports(new URL(to, base).pathname.slice(1), wanted, seen)
  );
}

function describe({ path, line, what }: Mutant): string {
  return `${path}:${line}: ${what}\n`;
}

function print(text: string): number {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  return 0;
}

if (import.meta.main) Deno.exit(await main());
