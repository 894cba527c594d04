/** Makes the one binary: the program in one file, in a runtime, with its permissions. */
import { dirname } from "node:path/posix";
import { readOptions } from "./build/read_options.ts";
import { bundle, THREADS } from "./build/bundle.ts";
import { fail, print, run, runOrFail } from "./build/command.ts";
import { withStableNames } from "./build/stable_names.ts";
import { timeOfCommit } from "./build/time_of_commit.ts";
import { machineOf, targetFor } from "./build/target.ts";
import { makeWorkFolder, putInPlace } from "./build/work_folder.ts";
import { permissionFlags } from "./build/permission_flags.ts";
import { V8_FLAGS } from "./build/v8_flags.ts";

const USAGE = `Usage: deno task compile [--target x86_64|aarch64] [--output FILE] [--threads FOLDER]

Checks the types, and writes the compiled drbdd: dist/drbdd, or dist/drbdd-aarch64 for another machine than this.

--threads takes main.ts and monitor.ts from another folder: tests have threads that say what they may do.

  DENORT_BIN    the runtime to put the program in (denort, of the very version that compiles). Without it Deno downloads
                it from dl.deno.land, once.
  DENO_COMPILE  the Deno that compiles, if it is not the one that runs this: its version has to be that of DENORT_BIN.
`;

/** What Deno says when it cannot download the runtime: from where. */
const NO_DOWNLOAD = /(https?:\/\/[^\s)"']*denort[^\s)"']*)/;

/** Types need what the first versions do not have. */
const CHECKS_FROM = 5;

const { values } = readOptions("deno task compile", {
  options: {
    target: { type: "string", default: Deno.build.arch },
    output: { type: "string" },
    threads: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  print(USAGE.trimEnd());
  Deno.exit(0);
}
const target = targetFor(values.target);
const output = values.output ??
  (target.arch === Deno.build.arch ? "dist/drbdd" : `dist/drbdd-${target.arch}`);
const compiler = Deno.env.get("DENO_COMPILE") || Deno.execPath();
const base = Deno.env.get("DENORT_BIN");
if (base) await checkBase(base, target.arch);

await checkTypes();
const folder = await makeWorkFolder("compile");
try {
  const main = await bundle(compiler, `${folder}/program`, values.threads);
  await settle(`${folder}/program`);
  await compile(main, target.triple, `${folder}/drbdd`);
  if (target.arch === Deno.build.arch) await tryOut(`${folder}/drbdd`);
  await Deno.mkdir(dirname(output), { recursive: true });
  await putInPlace(`${folder}/drbdd`, output);
} finally {
  await Deno.remove(folder, { recursive: true });
}
const { size } = await Deno.stat(output);
const version = (await run(compiler, ["eval", "console.log(Deno.version.deno)"])).stdout.trim();
print(`${output}: ${target.arch}, Deno ${version}, ${(size / 1e6).toFixed(1)} MB`);

async function checkTypes(): Promise<void> {
  const [, minor = "0"] = Deno.version.deno.split(".");
  if (Number(minor) < CHECKS_FROM) {
    print(`Types were not checked: Deno ${Deno.version.deno} cannot, a later one does`);
    return;
  }
  await runOrFail(Deno.execPath(), ["check", "--quiet", "main.ts", "monitor.ts"]);
}

/** Names, texts and times are in the binary, and must be the same for the same program. */
async function settle(bundle: string): Promise<void> {
  const epoch = Number(Deno.env.get("SOURCE_DATE_EPOCH") || await timeOfCommit());
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(bundle)) {
    files.set(name, await Deno.readTextFile(`${bundle}/${name}`));
    await Deno.remove(`${bundle}/${name}`);
  }
  for (const [name, text] of withStableNames(files)) {
    await Deno.writeTextFile(`${bundle}/${name}`, text);
    await Deno.utime(`${bundle}/${name}`, epoch, epoch);
  }
}

async function checkBase(path: string, arch: string): Promise<void> {
  const machine = await machineOf(path).catch((error) => fail(`DENORT_BIN cannot be read: ${error.message}`));
  if (machine !== arch) {
    fail(`DENORT_BIN is "${path}", a runtime for ${machine}, expected one for ${arch}`);
  }
}

/** A runtime of another version than the compiler makes a program that does not start, without a word. */
async function tryOut(program: string): Promise<void> {
  const { success, stdout, stderr } = await run(program, ["--version"]);
  if (success && stdout.startsWith("drbdd ")) return;
  const hint = base ? `: is DENORT_BIN "${base}" of the version of "${compiler}"?` : "";
  fail(`The compiled program does not start${hint}\n${stderr.trim()}`);
}

async function compile(main: string, triple: string, program: string): Promise<void> {
  const { success, stderr } = await run(compiler, [
    "compile",
    "--quiet",
    ...["--no-check", "--no-config", "--no-lock", "--no-npm", "--no-remote", "--no-code-cache"],
    ...["--unstable-net", "--unstable-worker-options"],
    ...THREADS.map((name) => `--include=${dirname(main)}/${name}`),
    `--v8-flags=${V8_FLAGS}`,
    ...permissionFlags(),
    `--target=${triple}`,
    `--output=${program}`,
    main,
  ]);
  if (success) return;
  const [said = ""] = stderr.split("\n\nStack backtrace:");
  const [, url] = NO_DOWNLOAD.exec(said) ?? [];
  if (url !== undefined) fail(noRuntime(url, /.*^ +\d+: (.+)$/ms.exec(said)?.[1] ?? said));
  fail(`${compiler} could not compile:\n${said.trim()}`);
}

function noRuntime(url: string, cause: string): string {
  return `The runtime to put the program in cannot be downloaded from ${url}: ${cause}
Either
  - let this machine reach that address (through HTTPS_PROXY, if need be): Deno downloads it once for each version, or
  - download that file on another machine, unpack it, and set DENORT_BIN to the path of the denort in it. Its version
    has to be that of the Deno that compiles, or of another one that DENO_COMPILE names.`;
}
