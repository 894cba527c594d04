/** What a crate of Rust says of its licence, from its folder: as cargo unpacks it, or a package of Debian. */
import { basename } from "node:path/posix";
import { parse } from "smol-toml";
import type { CrateLicense } from "./runtime.ts";
import { takenOf } from "./spdx.ts";
import { copyrightIn, isSameLicense, STANDARD_TEXTS } from "./standard_texts.ts";
import { licenseOfText } from "./installed.ts";

export interface FoundCrate {
  readonly name: string;
  readonly version: string;
  /** As Cargo.toml has it; undefined if that only names a file. */
  readonly license: string | undefined;
  readonly authors: readonly string[];
  /** Its files about licences, by name. */
  readonly texts: ReadonlyMap<string, string>;
  /** Who has the copyright by Debian's packagers. */
  readonly packaged: readonly string[];
}

const FILE = /^(licen[cs]e|copying|copyright|notice|unlicense)/i;

/** Throws if there is no Cargo.toml with a name and a version. */
export async function readCrate(folder: string): Promise<FoundCrate> {
  const manifest = parse(await Deno.readTextFile(`${folder}/Cargo.toml`))["package"];
  const { name, version, license, authors } = manifest as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || typeof version !== "string") {
    throw new Error(`${folder}/Cargo.toml names no package with a version`);
  }
  const texts = new Map<string, string>();
  for (
    const entry of (await Array.fromAsync(Deno.readDir(folder))).sort((a, b) => a.name < b.name ? -1 : 1)
  ) {
    if (FILE.test(entry.name) && entry.isFile) {
      texts.set(entry.name, (await Deno.readTextFile(`${folder}/${entry.name}`)).replaceAll("\r", ""));
    }
  }
  return {
    ...{ name, version, texts },
    license: typeof license === "string" ? license.replaceAll(/ ?\/ ?/g, " OR ") : undefined,
    authors: Array.isArray(authors) ? authors.map(String) : [],
    packaged: await packagedCopyright(folder),
  };
}

/** In /usr/share/doc of the package that has the crate in /usr/share/cargo/registry. */
async function packagedCopyright(folder: string): Promise<string[]> {
  const documents = `${folder}/../../../doc`;
  const packages = await Array.fromAsync(Deno.readDir(documents)).catch(() => []);
  for (const { name } of packages) {
    const text = await Deno.readTextFile(`${documents}/${name}/copyright`).catch(() => "");
    const [, field] = /^Files: \*\n(?:.*\n)*?Copyright:(.*\n(?: .*\n)*)/m.exec(text) ?? [];
    const owners = (field ?? "").split("\n").map((line) => line.trim().replaceAll(/\s+/g, " "))
      .filter((line) => line !== "");
    // Where its packagers have left what their tool wrote.
    if (owners.length > 0) return owners.filter((owner) => !/\(overlay\)/.test(owner));
  }
  return [];
}

export interface Described {
  readonly crate: CrateLicense;
  /** A text that only this crate has, for the file of that name in licenses/texts. */
  readonly ownText?: { readonly file: string; readonly text: string };
}

/**
 * Its entry in licenses/crates.json. Throws if the crate names no licence, or one whose text is neither in it nor known.
 *
 * @param standard Texts of licences, by the names of `STANDARD_TEXTS`
 */
export function describe(found: FoundCrate, standard: (license: string) => string, from: string): Described {
  const { name, version, license, authors, packaged } = found;
  if (license === undefined) {
    throw new Error(`${name} ${version} names no licence, only a file: see to it by hand`);
  }
  const texts = [...found.texts.values()];
  const isStandard = (text: string) =>
    Object.keys(STANDARD_TEXTS).some((one) => isSameLicense(text, standard(one)));
  const own = [...found.texts].filter(([file, text]) =>
    /^notice/i.test(file) || !isStandard(text) && !isPointer(text)
  );
  const inOwn = new Set(own.map(([, text]) => licenseOfText(text)));
  const taken = takenOf(license).filter((one) => own.length === 0 || !inOwn.has(one));
  const missing = taken.filter((one) => STANDARD_TEXTS[one] === undefined);
  if (missing.length > 0 && own.length === 0) {
    throw new Error(`${name} ${version} is ${license}, and has no text of it: ${basename(from)}`);
  }
  const file = `crate-${name}.txt`;
  const inFiles = [
    ...new Set(texts.filter((text) => isStandard(text) || isPointer(text)).flatMap(copyrightIn)),
  ];
  const copyright = inFiles.length > 0 || own.length > 0 ? inFiles : packaged;
  return {
    crate: {
      license,
      ...(copyright.length > 0 && { copyright }),
      ...(copyright.length === 0 && own.length === 0 && authors.length > 0 && { authors }),
      texts: [
        ...(own.length > 0 ? [file] : []),
        ...taken.flatMap((one) => STANDARD_TEXTS[one] ?? []),
      ],
      source: `${name} ${version}, ${from}`,
    },
    ...(own.length > 0 &&
      { ownText: { file, text: own.map(([, text]) => text.trim()).join("\n\n") + "\n" } }),
  };
}

/** Only says which licences there are, and where. */
function isPointer(text: string): boolean {
  return text.length < 2000 &&
    !/hereby granted|redistribution and use|permission to use|freely, subject/i.test(text);
}
