/** Makes the packages from the compiled program. */
import { readOptions } from "./build/read_options.ts";
import { fail, print } from "./build/command.ts";
import { machineOf, type Target, targetFor, TARGETS } from "./build/target.ts";
import { timeOfCommit } from "./build/time_of_commit.ts";
import { compiled, pack } from "./package/make.ts";
import { type Format, missingTools } from "./package/tools.ts";

const USAGE =
  `Usage: deno task package [--deb] [--rpm] [--target x86_64|aarch64] [--output DIRECTORY] [--binary FILE] [--compression LEVEL]

Compiles drbdd for each machine for which a runtime is available, and makes a .deb and an .rpm for each: dist/*.deb,
dist/*.rpm. Prints which it made, for which machines it could not, and why. Two runs of one commit are the same to the
byte, with the same version of Deno, whose runtime is in the program, and of the programs below.

  --deb                 only the .deb: rpmbuild is not needed
  --rpm                 only the .rpm: dpkg-deb is not needed
  --target MACHINE      only for this one; an error if it cannot be made
  --output DIRECTORY    instead of dist
  --binary FILE         the compiled program, instead of compiling: for its own machine only
  --compression LEVEL   0 is fast, 9 is small (default: 6)

Needs dpkg-deb, rpmbuild, pandoc and gzip (Debian: apt-get install dpkg rpm pandoc gzip), and of the environment what
"deno task compile --help" says.
`;

const { values } = readOptions("deno task package", {
  options: {
    deb: { type: "boolean", default: false },
    rpm: { type: "boolean", default: false },
    target: { type: "string" },
    output: { type: "string", default: "dist" },
    binary: { type: "string" },
    compression: { type: "string", default: "6" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  print(USAGE.trimEnd());
  Deno.exit(0);
}
const formats: Format[] = values.deb === values.rpm ? ["deb", "rpm"] : [values.deb ? "deb" : "rpm"];
const missing = await missingTools(formats);
if (missing !== undefined) fail(missing);
if (!/^[0-9]$/.test(values.compression)) fail(`--compression is ${values.compression}, expected 0 to 9`);
const compression = Number(values.compression);
const epoch = Number(Deno.env.get("SOURCE_DATE_EPOCH") || await timeOfCommit());
await Deno.mkdir(values.output, { recursive: true });

let made = 0;
const failures: string[] = [];
for (const target of await targets()) {
  const binary = values.binary ?? await programFor(target);
  if (binary === undefined) continue;
  await pack({ target, binary, formats, epoch, compression, directory: values.output });
  made++;
}
if (made === 0) fail(`No package was made\n${failures.join("\n")}`);

async function targets(): Promise<readonly Target[]> {
  const { binary, target } = values;
  const asked = target === undefined ? undefined : targetFor(target);
  if (binary === undefined) return asked === undefined ? TARGETS : [asked];
  const machine = await machineOf(binary).catch((error) => fail(`--binary cannot be read: ${error.message}`));
  const own = TARGETS.find(({ arch }) => arch === machine);
  if (own === undefined) {
    fail(`--binary is "${binary}", a program for ${machine}, expected one for a machine that is known`);
  }
  if (asked !== undefined && asked !== own) fail(`--binary is for ${machine}, --target is ${asked.arch}`);
  return [own];
}

/** The program for a machine; undefined, and said, if it cannot be compiled here. */
async function programFor(target: Target): Promise<string | undefined> {
  const { arch } = target;
  const path = `${values.output}/${arch === Deno.build.arch ? "drbdd" : `drbdd-${arch}`}`;
  const result = await compiled(target, path, epoch);
  if (result.isMade) return path;
  failures.push(result.why);
  print(`Not made for ${arch}: ${result.why.split("\n", 1)[0]}`);
  return undefined;
}
