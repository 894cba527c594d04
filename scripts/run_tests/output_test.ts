import assert from "node:assert/strict";
import { added, countsIn, failuresIn, NO_TESTS } from "./output.ts";
import { partsFor } from "./parts.ts";
import { summary } from "./summary.ts";
import { timesIn } from "./timed.ts";

const FAILED = `running 3 tests from ./a_test.ts
good ... ok (1s)
skipped ... ignored (0ms)
bad ... FAILED (2s)

 ERRORS 

bad => ./a_test.ts:52:8
error: AssertionError: no

 FAILURES 

bad => ./a_test.ts:52:8

FAILED | 12 passed (1 step) | 1 failed (2 steps) | 3 ignored (372ms)
`;

Deno.test("countsIn() has all counts of the last line; a run that broke off has none", () => {
  assert.deepEqual(countsIn(FAILED), { passed: 12, passedSteps: 1, failed: 1, failedSteps: 2, ignored: 3 });
  assert.deepEqual(countsIn("ok | 5 passed | 0 failed | 2 filtered out (4m43s)\n"), {
    ...NO_TESTS,
    passed: 5,
  });
  assert.equal(countsIn("good ... ok (1s)\n"), undefined);
});

Deno.test("failuresIn() has the errors, without counts; what broke off is whole but for tests that passed", () => {
  assert.equal(
    failuresIn(FAILED),
    " ERRORS \n\nbad => ./a_test.ts:52:8\nerror: AssertionError: no\n\n FAILURES \n\nbad => ./a_test.ts:52:8",
  );
  const broken =
    "good ... ok (1s)\na step ... ok (0ms)\nbad ... FAILED (due to 1 failed step) (2s)\nterminated\n";
  assert.equal(failuresIn(broken), "bad ... FAILED (due to 1 failed step) (2s)\nterminated");
});

Deno.test("summary() names the slowest ten and ends with one line of the runner's form", () => {
  const times = Array.from({ length: 12 }, (_, n) => ({ file: "a_test.ts", name: `test ${n}`, seconds: n }));
  const lines = summary(
    added({ ...NO_TESTS, passed: 2 }, { ...NO_TESTS, passed: 40, passedSteps: 1 }),
    times,
    61.4,
  )
    .split("\n");
  assert.deepEqual(lines.slice(0, 2), ["The slowest tests:", "   11.0 s  a_test.ts: test 11"]);
  assert.equal(lines.length, 13);
  assert.equal(lines.at(-1), "ok | 42 passed (1 step) | 0 failed (61 s)");
  assert.equal(
    summary({ passed: 1, passedSteps: 0, failed: 2, failedSteps: 3, ignored: 4 }, [], 1),
    "FAILED | 1 passed | 2 failed (3 steps) | 4 ignored (1 s)",
  );
});

Deno.test("timesIn() has each test with its file, and no steps", () => {
  const test = (name: string, time: string) =>
    `<testcase name="${name}" classname="./src/a_test.ts" time="${time}" line="1" col="6">`;
  const report = [
    test("a &lt;b&gt; &amp;quot;", "0.012"),
    test("x &gt; y", "1.5"),
    test("x &gt; y &gt; step", "1.4"),
  ];
  assert.deepEqual(timesIn(report.join("\n")), [
    { file: "src/a_test.ts", name: "a <b> &quot;", seconds: 0.012 },
    { file: "src/a_test.ts", name: "x > y", seconds: 1.5 },
  ]);
});

Deno.test("partsFor(): the core runs without permissions, whatever is asked for", () => {
  const args = (...paths: string[]) => partsFor({ paths }).map(({ args }) => args.join(" "));
  assert.deepEqual(args(), [
    "--no-check src/drbd",
    "--no-check -A --parallel --ignore=src/drbd src plugins scripts",
    "--no-check -A --parallel --ignore=tests/integration tests",
  ]);
  assert.deepEqual(args("src/drbd/a_test.ts", "plugins"), [
    "--no-check src/drbd/a_test.ts",
    "--no-check -A --parallel plugins",
  ]);
  assert.deepEqual(args("src"), ["--no-check src/drbd", "--no-check -A --parallel --ignore=src/drbd src"]);
  assert.deepEqual(partsFor({ paths: ["tests"], filter: "x" }).map(({ args }) => args.join(" ")), [
    "--no-check --filter=x -A --parallel --ignore=tests/integration tests",
  ]);
});
