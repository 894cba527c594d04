/** What CI says of a step that failed: `.ci/failures.awk` on logs of the test runner and of the simulation. */
import assert from "node:assert/strict";
import { DEADLINE_MS } from "./support/processes/deadline.ts";

const PROGRAM = new URL("../.ci/failures.awk", import.meta.url).pathname;

async function failuresIn(log: string): Promise<string[]> {
  const path = await Deno.makeTempFile({ prefix: "drbdd-test-" });
  try {
    await Deno.writeTextFile(path, log);
    const { success, stdout, stderr } = await new Deno.Command("awk", { args: ["-f", PROGRAM, path] })
      .output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
  } finally {
    await Deno.remove(path);
  }
}

const TAIL = "a line that says nothing\n".repeat(200);

Deno.test("CI names each failed test once, with the first line of its error, whatever comes after", async () => {
  const log = `running 3 tests from ./tests/a_test.ts
good ... ok (1s)
bad ... FAILED (2s)
worse ... FAILED (due to 1 failed step) (2s)

 ERRORS 

bad => ./tests/a_test.ts:52:8
error: AssertionError: ${"x".repeat(400)}
error: of something else

worse ... a step => ./tests/a_test.ts:60:8
error: Error: oops

./tests/b_test.ts (uncaught error)
error: (in promise) TypeError: no

 FAILURES 

bad => ./tests/a_test.ts:52:8
worse ... a step => ./tests/a_test.ts:60:8

FAILED | 1 passed | 2 failed (1s)
${TAIL}`;
  assert.deepEqual(await failuresIn(log), [
    "bad => ./tests/a_test.ts:52:8",
    `  error: AssertionError: ${"x".repeat(300 - "  error: AssertionError: ".length)}`,
    "worse ... a step => ./tests/a_test.ts:60:8",
    "  error: Error: oops",
    "./tests/b_test.ts (uncaught error)",
    "  error: (in promise) TypeError: no",
  ]);
});

Deno.test("CI names the tests that failed before a run that broke off", async () => {
  const log =
    "good ... ok (1s)\nbad ... FAILED (2s)\n  step ... FAILED (1s)\nworse ... FAILED (due to 1 failed step) (2s)\n";
  assert.deepEqual(await failuresIn(log + TAIL), [
    "bad ... FAILED (2s)",
    "  step ... FAILED (1s)",
    "worse ... FAILED (due to 1 failed step) (2s)",
  ]);
});

Deno.test("CI says what the simulation found, and how much it leaves out", async () => {
  const violation = (seed: number) => `seed ${seed}: 12.500 s, alpha web: two at once: also on beta`;
  const log = Array.from(
    { length: 50 },
    (_, seed) => `${violation(seed)}\n  replay: deno task sim --seed ${seed}\n`,
  );
  assert.deepEqual(await failuresIn(log.join("") + TAIL), [
    ...Array.from({ length: 40 }, (_, seed) => violation(seed)),
    "... and 10 lines more",
  ]);
});

/** As `.ci/run` adds up passed and failed tests of a step. */
async function counted(log: string): Promise<string[]> {
  const script = await Deno.readTextFile(new URL("../.ci/run", import.meta.url));
  const [, pattern = ""] = /grep -aoE '([^']+)'/.exec(script) ?? [];
  return Array.from(log.matchAll(new RegExp(pattern, "g")), ([line]) => line);
}

Deno.test("CI counts what deno task test ran, once, and names what failed of it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    const test = (name: string, body: string) => `Deno.test("${name}", () => {${body}});\n`;
    await Deno.writeTextFile(
      `${folder}/a_test.ts`,
      test("good", "") + test("bad", 'throw new Error("oops");'),
    );
    await Deno.writeTextFile(`${folder}/b_test.ts`, test("fine", 'console.log("3 passed | 4 failed");'));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "scripts/run_tests.ts", folder],
      cwd: new URL("../", import.meta.url),
      stdin: "null",
    }).output();
    const log = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 1, log);
    assert.deepEqual(await counted(log), ["2 passed | 1 failed"]);
    assert.doesNotMatch(log, /\.\.\. ok/);
    assert.match(log, /The slowest tests:\n( +[\d.]+ s {2}\S+_test\.ts: (good|bad|fine)\n){3}/);
    const [place = "", reason] = await failuresIn(log + TAIL);
    assert.match(place, /^bad => .*a_test\.ts:2:\d+$/);
    assert.equal(reason, "  error: Error: oops");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("CI has nothing to add to a step without tests", async () => {
  assert.deepEqual(await failuresIn("error: no such file\n"), []);
});

Deno.test("deno task test that is ended by a signal leaves no process and no folder", async () => {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    const endless =
      'Deno.writeTextFileSync("PID", `${Deno.pid}`); await new Promise((r) => setTimeout(r, 600_000));';
    await Deno.writeTextFile(
      `${folder}/a_test.ts`,
      `Deno.test("endless", async () => { ${endless.replace("PID", `${folder}/pid`)} });\n`,
    );
    await Deno.mkdir(`${folder}/tmp`);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "scripts/run_tests.ts", folder],
      cwd: new URL("../", import.meta.url),
      env: { TMPDIR: `${folder}/tmp` },
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    const pid = await contentOf(`${folder}/pid`);
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 143);
    await until(async () => !await exists(`/proc/${pid}`));
    const left = await Array.fromAsync(Deno.readDir(`${folder}/tmp`), ({ name }) => name);
    assert.deepEqual(left.filter((name) => name.startsWith("drbdd-tests-")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** Of a file that is written soon. */
async function contentOf(path: string): Promise<string> {
  await until(async () => (await Deno.readTextFile(path).catch(() => "")) !== "");
  return await Deno.readTextFile(path);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < endMs, "Timed out");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
