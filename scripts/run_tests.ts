/** Runs the tests that need nothing but Deno, and prints one summary: `deno task test`. */
import { readOptions } from "./build/read_options.ts";
import { fail, print } from "./build/command.ts";
import {
  added,
  type Counts,
  countsIn,
  failuresIn,
  isSlowWarning,
  NO_TESTS,
  withoutCounts,
} from "./run_tests/output.ts";
import { type Part, partsFor } from "./run_tests/parts.ts";
import { summary } from "./run_tests/summary.ts";
import { type Timed, timesIn } from "./run_tests/timed.ts";

const USAGE = `Usage: deno task test [--verbose] [--filter TEXT] [FILE|FOLDER...]

Runs the tests that need nothing but Deno: those of src/drbd without any permission, all others with all. Prints what
failed, and at the end how many passed and failed, after how many seconds, and the ten slowest.

  --verbose      also print the tests that pass, with what they print
  --filter TEXT  only tests with this in their names, or that match /a pattern/
`;

const { values, positionals } = readOptions("deno task test", {
  allowPositionals: true,
  options: {
    verbose: { type: "boolean", default: false },
    filter: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  print(USAGE.trimEnd());
  Deno.exit(0);
}

const began = performance.now();
let counts = NO_TESTS;
const times: Timed[] = [];
const folder = await Deno.makeTempDir({ prefix: "drbdd-tests-" });
let running: Deno.ChildProcess | undefined;
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  // No process may be left running, and no file left behind.
  Deno.addSignalListener(signal, () => {
    running?.kill("SIGTERM");
    Deno.removeSync(folder, { recursive: true });
    Deno.exit(code);
  });
}
try {
  const parts = partsFor({ paths: positionals, filter: values.filter });
  for (const [place, part] of parts.entries()) counts = added(counts, await ran(part, `${folder}/${place}`));
} finally {
  await Deno.remove(folder, { recursive: true });
}
if (counts.passed === 0 && counts.failed === 0) fail("No test was run");
print(summary(counts, times, (performance.now() - began) / 1000));
if (counts.failed > 0) Deno.exit(1);

/** A run that does not come to its end, or fails without a failed test, counts as one failure more. */
async function ran({ args }: Part, report: string): Promise<Counts> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", `--junit-path=${report}`, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  running = child;
  const [output, errors, { code, signal }] = await Promise.all([
    collected(child.stdout, show),
    collected(child.stderr, () => {}),
    child.status,
  ]);
  running = undefined;
  times.push(...timesIn(await Deno.readTextFile(report).catch(() => "")));
  const counts = countsIn(output);
  const isWhole = counts !== undefined && (code === 0) === (counts.failed === 0);
  if (code !== 0 && !values.verbose) print(`${failuresIn(output)}\n`);
  if (isWhole || hasNoneLeft(errors)) return counts ?? NO_TESTS;
  print(`${errors.trim()}\ndeno test ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}`);
  return { ...counts ?? NO_TESTS, failed: (counts?.failed ?? 0) + 1 };
}

/** With a filter a part may have no module at all. */
function hasNoneLeft(errors: string): boolean {
  return values.filter !== undefined && /No test modules found/.test(errors);
}

function show(line: string): void {
  const text = withoutCounts(line);
  if (values.verbose ? text !== "" || line === "" : isSlowWarning(line)) print(text);
}

/** All that comes, with each whole line handed on at once. */
async function collected(stream: ReadableStream<Uint8Array>, line: (text: string) => void): Promise<string> {
  let all = "";
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    all += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(line);
  }
  return all;
}
