/** Makes the packages from the compiled program. */
import { parseArgs } from "node:util";
import deno from "../deno.json" with { type: "json" };
import { fail, run, tell } from "./build/command.ts";
import { TARGETS } from "./build/target.ts";
import { timeOfCommit } from "./build/time_of_commit.ts";
import { contents } from "./package/contents.ts";
import { makeDeb } from "./package/deb.ts";
import { makeRpm } from "./package/rpm.ts";
import { isInstalled } from "./package/stage.ts";

const USAGE = `Usage: deno task package [--output DIRECTORY] [--binary FILE]

Compiles drbdd for each machine for which a runtime can be had, and makes a .deb and an .rpm of each: dist/*.deb,
dist/*.rpm. Says which it made. Two runs of one commit are the same to the byte, with the same Deno.

  --output DIRECTORY  instead of dist
  --binary FILE       a compiled program for this machine, instead of compiling

Needs dpkg-deb, rpmbuild, pandoc and gzip (Debian: apt-get install dpkg rpm pandoc gzip).
`;

const { values } = parseArgs({
  options: {
    output: { type: "string", default: "dist" },
    binary: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  tell(USAGE.trimEnd());
  Deno.exit(0);
}
for (const program of ["dpkg-deb", "rpmbuild", "pandoc", "gzip"]) {
  if (!await isInstalled(program)) fail(`${program} was not found, see --help`);
}
const epoch = Number(Deno.env.get("SOURCE_DATE_EPOCH") || await timeOfCommit());
await Deno.mkdir(values.output, { recursive: true });

let made = 0;
for (const target of TARGETS) {
  const isOwn = target.arch === Deno.build.arch;
  const binary = isOwn && values.binary !== undefined ? values.binary : await compiled(target.arch);
  if (binary === undefined) continue;
  const entries = await contents(binary, isOwn);
  for (const make of [makeDeb, makeRpm]) {
    tell(`Made: ${await make(entries, target, deno.version, epoch, values.output)}`);
    made++;
  }
}
if (made === 0) fail("No package was made");

/** The program for a machine; undefined, and said, if it cannot be compiled here. */
async function compiled(arch: string): Promise<string | undefined> {
  const path = `${values.output}/${arch === Deno.build.arch ? "drbdd" : `drbdd-${arch}`}`;
  const args = ["run", "-A", "--no-check", "scripts/compile.ts", "--target", arch, "--output", path];
  const { success, stdout, stderr } = await run(Deno.execPath(), args, { SOURCE_DATE_EPOCH: String(epoch) });
  if (success) {
    tell(stdout.trimEnd());
    return path;
  }
  tell(`Not made for ${arch}: ${stderr.trim().split("\n")[0]}`);
  return undefined;
}
