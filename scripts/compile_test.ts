/** What the compile script says when it cannot do its work. That it can is shown by tests/e2e and tests/integration. */
import assert from "node:assert/strict";

const SCRIPT = new URL("compile.ts", import.meta.url).pathname;
const ROOT = new URL("..", import.meta.url).pathname;

interface Ended {
  readonly code: number;
  readonly said: string;
}

async function compile(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", SCRIPT, ...args],
    cwd: ROOT,
    clearEnv: true,
    env: { ...inherited(), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

/** Not what says where a runtime is. */
function inherited(): Record<string, string> {
  const { DENORT_BIN: _, DENO_COMPILE: __, ...rest } = Deno.env.toObject();
  return rest;
}

/** A folder of Deno's that has all but downloaded runtimes; what it needs of npm is fetched before. */
async function folderWithoutRuntimes(folder: string): Promise<string> {
  const bundled = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=deno", "-o", `${folder}/bundle.js`, "main.ts"],
    cwd: ROOT,
  }).output();
  assert.ok(bundled.success, new TextDecoder().decode(bundled.stderr));
  const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).output();
  const { denoDir }: { denoDir: string } = JSON.parse(new TextDecoder().decode(info.stdout));
  await Deno.mkdir(`${folder}/deno/dl`, { recursive: true });
  await link(denoDir, `${folder}/deno`, "dl");
  await link(`${denoDir}/dl`, `${folder}/deno/dl`, "release");
  return `${folder}/deno`;
}

async function link(from: string, to: string, without: string): Promise<void> {
  for await (const { name } of Deno.readDir(from)) {
    if (name !== without) await Deno.symlink(`${from}/${name}`, `${to}/${name}`);
  }
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const arch of ["x86_64", "aarch64"]) {
  Deno.test({
    name: `compile says both ways to a runtime that cannot be downloaded, and leaves what is there: ${arch}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: () =>
      inFolder(async (folder) => {
        const output = `${folder}/drbdd`;
        await Deno.writeTextFile(output, "the one before");
        const { code, said } = await compile(["--target", arch, "--output", output], {
          DENO_DIR: await folderWithoutRuntimes(folder),
          // Nobody listens there.
          HTTPS_PROXY: "http://127.0.0.1:1",
        });
        assert.equal(code, 1);
        const [first = "", ...rest] = said.replace(/^Types were not checked.*\n/, "").split("\n");
        assert.match(
          first,
          new RegExp(`cannot be downloaded from https://\\S+/denort-${arch}-\\S+: Connection refused`),
        );
        assert.match(rest.join("\n"), /let this machine reach that address/);
        assert.match(rest.join("\n"), /set DENORT_BIN/);
        assert.equal(await Deno.readTextFile(output), "the one before");
      }),
  });
}

Deno.test("compile refuses a runtime for another machine, and none at all", () =>
  inFolder(async (folder) => {
    const header = new Uint8Array(64);
    header.set([0x7f, 0x45, 0x4c, 0x46]);
    header[18] = 0xb7;
    await Deno.writeFile(`${folder}/denort`, header);
    const wrong = await compile(["--target", "x86_64"], { DENORT_BIN: `${folder}/denort` });
    assert.equal(wrong.code, 1);
    assert.match(wrong.said, /a runtime for aarch64, expected one for x86_64/);
    const none = await compile([], { DENORT_BIN: `${folder}/none` });
    assert.equal(none.code, 1);
    assert.match(none.said, /DENORT_BIN cannot be read: No such file/);
  }));

Deno.test("compile knows two machines", async () => {
  const { code, said } = await compile(["--target", "sparc"], {});
  assert.equal(code, 1);
  assert.match(said, /--target is sparc, expected x86_64 or aarch64/);
});
