/** Reads licences of crates of Rust into licenses/: `deno task crates`. */
import { readOptions } from "../build/read_options.ts";
import { fail, print } from "../build/command.ts";
import { describe, readCrate } from "./crate_folder.ts";
import type { CrateLicense } from "./runtime.ts";
import { APACHE_TEXT, STANDARD_TEXTS } from "./standard_texts.ts";

const USAGE = `Usage: deno task crates [--from TEXT] [--replace] FOLDER...

Adds the crates of Rust in these folders to licenses/crates.json, and texts that only they have to licenses/texts.

  --from TEXT   where the folders are from (default: crates.io)
  --replace     also crates that are there already

A folder is a crate, with its Cargo.toml, or has crates in it: what "cargo vendor" makes, or /usr/share/cargo/registry of
an unpacked package of Debian (librust-NAME-dev).
`;

const { values, positionals } = readOptions("deno task crates", {
  allowPositionals: true,
  options: {
    from: { type: "string", default: "crates.io" },
    replace: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  print(USAGE.trimEnd());
  Deno.exit(0);
}
if (positionals.length === 0) fail("No folder: see deno task crates --help");

const LICENSES = new URL("../../licenses/", import.meta.url);
const LIST = new URL("crates.json", LICENSES);
const crates: Record<string, CrateLicense> = JSON.parse(await Deno.readTextFile(LIST));
const standard = new Map<string, string>();
for (const [license, file] of Object.entries(STANDARD_TEXTS)) {
  const place = file === APACHE_TEXT ? new URL("../LICENSE", LICENSES) : new URL(`texts/${file}`, LICENSES);
  standard.set(license, await Deno.readTextFile(place));
}

let added = 0;
let isComplete = true;
for (const folder of (await Promise.all(positionals.map(cratesIn))).flat()) {
  try {
    const found = await readCrate(folder);
    if (crates[found.name] !== undefined && !values.replace) continue;
    const { crate, ownText } = describe(found, (license) => standard.get(license) ?? "", values.from);
    crates[found.name] = crate;
    if (ownText !== undefined) {
      await Deno.writeTextFile(new URL(`texts/${ownText.file}`, LICENSES), ownText.text);
    }
    added++;
  } catch (error) {
    isComplete = false;
    print(`Left out: ${error instanceof Error ? error.message : error}`);
  }
}
const sorted = Object.entries(crates).sort(([a], [b]) => a < b ? -1 : 1);
await Deno.writeTextFile(LIST, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
print(`${added} crates added or replaced; licenses/crates.json has ${sorted.length}`);
if (!isComplete) Deno.exit(1);

/** The folder, if it is a crate; or else the crates in it. */
async function cratesIn(folder: string): Promise<string[]> {
  const isCrate = (path: string) => Deno.stat(`${path}/Cargo.toml`).then(() => true, () => false);
  if (await isCrate(folder)) return [folder];
  const inside = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (await isCrate(`${folder}/${name}`)) inside.push(`${folder}/${name}`);
  }
  return inside.sort();
}
