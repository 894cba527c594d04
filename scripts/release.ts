/** Makes all files of a release: `deno task release`. */
import { createHash } from "node:crypto";
import { basename } from "node:path/posix";
import { readOptions } from "./build/read_options.ts";
import deno from "../deno.json" with { type: "json" };
import { fail, print, run } from "./build/command.ts";
import { machineOf, type Target, TARGETS } from "./build/target.ts";
import { timeOfCommit } from "./build/time_of_commit.ts";
import { makeWorkFolder } from "./build/work_folder.ts";
import { compiled, pack } from "./package/make.ts";
import { missingTools } from "./package/tools.ts";
import { makeArchive } from "./release/archive.ts";
import { type Made, remarks } from "./release/remarks.ts";

const USAGE = `Usage: deno task release [--output DIRECTORY] [--all] [--binary FILE] [--compression LEVEL]

Makes a release of the last commit for each machine for which Deno's runtime can be downloaded: the program in an archive
(.tar.gz), a .deb, an .rpm, and a bill of materials (.cdx.json, CycloneDX); and SHA256SUMS of all of them. At the end
prints what was not possible here. docs/release.md has the steps before and after.

  --output DIRECTORY    instead of dist/release, which has to be empty or not there
  --all                 fail if the files for a machine cannot be made
  --binary FILE         a program that was compiled before, for its machine only
  --compression LEVEL   of packages: 0 is fast, 9 is small (default: 9)

Needs what "deno task package --help" says, and tar.
`;

const { values } = readOptions("deno task release", {
  options: {
    output: { type: "string", default: "dist/release" },
    all: { type: "boolean", default: false },
    binary: { type: "string" },
    compression: { type: "string", default: "9" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  print(USAGE.trimEnd());
  Deno.exit(0);
}
const directory = values.output;
const { version } = deno;
const missing = await missingTools(["deb", "rpm"]);
if (missing !== undefined) fail(missing);
if (!/^[0-9]$/.test(values.compression)) fail(`--compression is ${values.compression}, expected 0 to 9`);
await refuseWhatIsNotCommitted();
await Deno.mkdir(directory, { recursive: true });
if ((await namesIn(directory)).length > 0) {
  fail(`${directory} is not empty: remove it, or name another with --output`);
}
const epoch = Number(Deno.env.get("SOURCE_DATE_EPOCH") || await timeOfCommit());

const made: Made[] = [];
const notMade: { arch: string; why: string }[] = [];
const work = await makeWorkFolder("release");
try {
  for (const target of TARGETS) await release(target);
  // An empty folder can be used for the next try.
  if (made.length > 0) await Deno.writeTextFile(`${directory}/SHA256SUMS`, await checksums());
} finally {
  await Deno.remove(work, { recursive: true });
}
if (made.length === 0) fail(`Nothing was made\n${notMade.map(({ why }) => why).join("\n")}`);
print(`\nMade in ${directory}:`);
for (const name of await namesIn(directory)) print(`  ${name}`);
const changelog = await Deno.readTextFile("CHANGELOG.md");
print("\nNot possible, or left to do:");
for (
  const remark of remarks({
    version,
    changelog,
    here: Deno.build.arch,
    deno: Deno.version.deno,
    made,
    notMade,
  })
) {
  print(`  ${remark}`);
}
if (values.all && notMade.length > 0) Deno.exit(1);

async function release(target: Target): Promise<void> {
  const { arch } = target;
  const program = await programFor(target);
  if ("why" in program) {
    notMade.push({ arch, why: program.why });
    return;
  }
  const { binary } = program;
  const compression = Number(values.compression);
  const { licenses, sbom } = await pack({
    ...{ target, binary, formats: ["deb", "rpm"], epoch, compression, directory },
  });
  const name = `drbdd-${version}-linux-${arch}`;
  print(`Made: ${await makeArchive({ binary, licenses, name, epoch, directory })}`);
  await Deno.writeTextFile(`${directory}/${name}.cdx.json`, sbom);
  made.push({ arch, licenses });
}

/** The path of the program, or why there is none. */
async function programFor(target: Target): Promise<{ binary: string } | { why: string }> {
  const { binary } = values;
  if (binary === undefined) {
    const path = `${work}/drbdd-${target.arch}`;
    const result = await compiled(target, path, epoch);
    return result.isMade ? { binary: path } : { why: result.why };
  }
  const machine = await machineOf(binary).catch((error) => fail(`--binary cannot be read: ${error.message}`));
  return machine === target.arch ? { binary } : { why: `--binary is for ${machine}` };
}

/** A release is made from a commit, so that it can be reproduced. */
async function refuseWhatIsNotCommitted(): Promise<void> {
  const { success, stdout } = await run("git", ["status", "--porcelain"]);
  if (success && stdout !== "") {
    fail(`Not everything is committed, and a release is made of a commit:\n${stdout}`);
  }
}

/** As sha256sum writes and checks them. */
async function checksums(): Promise<string> {
  const lines = [];
  for (const name of await namesIn(directory)) {
    const digest = createHash("sha256").update(await Deno.readFile(`${directory}/${name}`)).digest("hex");
    lines.push(`${digest}  ${basename(name)}\n`);
  }
  return lines.join("");
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}
