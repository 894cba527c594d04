import assert from "node:assert/strict";
import { loggerOf, type LogLevel, logsWritten, type LogTarget, startLogging } from "./logging.ts";

interface Case {
  readonly name: string;
  readonly targets: readonly LogTarget[];
  /** What standard error gets of one record of each level. */
  readonly want: readonly LogLevel[];
}

/** A file that can be opened and never be written. */
const FULL = "/dev/full";
const NOWHERE = "/nowhere/drbdd.log";

const CASES: readonly Case[] = [
  {
    name: "standard error gets what is from its level up",
    targets: [{ level: "warn" }],
    want: ["warn", "error"],
  },
  {
    name: "standard error gets nothing twice",
    targets: [{ level: "error" }, { level: "info" }, { level: "warn" }],
    want: ["info", "warn", "error"],
  },
  { name: "off is silent", targets: [{ level: "off" }], want: [] },
  {
    name: "what cannot go to a file goes to standard error: one that cannot be opened",
    targets: [{ level: "warn", file: NOWHERE }],
    want: ["warn", "error"],
  },
  {
    name: "what cannot go to a file goes to standard error, but not twice: one that cannot be opened",
    targets: [{ level: "info", file: NOWHERE }, { level: "warn" }],
    want: ["info", "warn", "error"],
  },
  {
    name: "what cannot go to a file goes to standard error: one that is full",
    targets: [{ level: "warn", file: FULL }],
    want: ["warn", "error"],
  },
  {
    name: "what cannot go to a file goes to standard error, but not twice: one that is full",
    targets: [{ level: "info", file: FULL }, { level: "warn" }],
    want: ["info", "warn", "error"],
  },
];

/** Logs once on each level, and returns what standard error gets of it and what else it gets. */
async function logged(targets: readonly LogTarget[]) {
  const lines: string[] = [];
  const write = (text: string) => lines.push(...text.split("\n").slice(0, -1));
  const failures = await startLogging(targets, { form: "journal", write });
  try {
    const log = loggerOf("umh");
    for (const level of ["trace", "debug", "info", "warn", "error"] as const) log[level](`this is ${level}`);
    await logsWritten();
  } finally {
    await startLogging([], { form: "journal", write });
  }
  const isOurs = (line: string) => line.includes("this is ");
  const levels = lines.filter(isOurs).map((line) => line.replace(/.* /, ""));
  return { levels, others: lines.filter((line) => !isOurs(line)), failures };
}

for (const { name, targets, want } of CASES) {
  Deno.test(`startLogging(): ${name}`, async () => {
    // What a file does not take comes later than the rest.
    assert.deepEqual((await logged(targets)).levels.toSorted(), want.toSorted());
  });
}

Deno.test("startLogging() returns the files that cannot be opened", async () => {
  const { failures, others } = await logged([{ level: "info", file: NOWHERE }, { level: "info" }]);
  assert.deepEqual(failures.map(({ file }) => file), [NOWHERE]);
  assert.deepEqual(others, []);
});

Deno.test("a file that is full is reported, and not for each line", async () => {
  const { failures, others } = await logged([{ level: "info", file: FULL }]);
  assert.deepEqual(failures, []);
  assert.deepEqual(others, [
    "<3>Cannot log to /dev/full, logging to standard error instead: No space left on device",
  ]);
});

Deno.test("a file gets what is from its level up", async () => {
  const file = await Deno.makeTempFile({ prefix: "drbdd-log-" });
  try {
    const { levels } = await logged([{ level: "warn", file }, { level: "error" }]);
    assert.deepEqual(levels, ["error"]);
    const text = await Deno.readTextFile(file);
    assert.match(text, /^\S+ warn umh: this is warn\n\S+ error umh: this is error\n$/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a log is no link out of its folder, and no FIFO: what lies there is neither written nor waited for", async () => {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-log-" });
  try {
    await Deno.mkdir(`${folder}/log`);
    await Deno.writeTextFile(`${folder}/shadow`, "secret\n");
    await Deno.symlink(`${folder}/shadow`, `${folder}/log/out`);
    await Deno.symlink("there", `${folder}/log/in`);
    await Deno.writeTextFile(`${folder}/log/there`, "");
    await new Deno.Command("mkfifo", { args: [`${folder}/log/fifo`] }).output();
    const files = ["out", "in", "fifo"].map((name) => `${folder}/log/${name}`);
    const { failures } = await logged(files.map((file) => ({ level: "info", file })));
    assert.deepEqual(failures.map(({ error }) => (error as Error).message), [
      `it is a link to ${await Deno.realPath(`${folder}/shadow`)}, outside of its directory`,
      "it is not a regular file",
    ]);
    assert.equal(await Deno.readTextFile(`${folder}/shadow`), "secret\n");
    assert.match(await Deno.readTextFile(`${folder}/log/there`), /this is error\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
