import assert from "node:assert/strict";
import { putInPlace } from "./work_folder.ts";

const HERE = new URL(".", import.meta.url).href;

/** Runs a program with a work folder and a file in it, and sends it a signal when it says so. Returns its exit code and what it leaves. */
async function leftBy(rest: string): Promise<{ readonly code: number; readonly left: readonly string[] }> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    const program = `
      import { makeWorkFolder } from "${HERE}work_folder.ts";
      import { fail } from "${HERE}command.ts";
      const work = await makeWorkFolder("trial");
      await Deno.writeTextFile(work + "/file", "");
      ${rest}`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    await Deno.mkdir(`${folder}/tmp`);
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", `${folder}/program.ts`],
      env: { TMPDIR: `${folder}/tmp` },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return { code, left: [...Deno.readDirSync(`${folder}/tmp`)].map(({ name }) => name) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ENDS: readonly (readonly [how: string, rest: string, code: number])[] = [
  ["at its end", "", 0],
  ["by fail()", `fail("no");`, 1],
  ...(["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal, place): [string, string, number] => [
    `by ${signal}`,
    `Deno.kill(Deno.pid, "${signal}"); await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    [130, 143, 129][place] ?? 0,
  ]),
];

for (const [how, rest, code] of ENDS) {
  Deno.test(`a program that ends ${how} leaves no work folder`, async () => {
    assert.deepEqual(await leftBy(rest), { code, left: [] });
  });
}

Deno.test("putInPlace() puts a file in the place of another one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    await Deno.writeTextFile(`${folder}/a`, "new");
    await Deno.writeTextFile(`${folder}/b`, "old");
    await putInPlace(`${folder}/a`, `${folder}/b`);
    assert.equal(await Deno.readTextFile(`${folder}/b`), "new");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a", "b"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
