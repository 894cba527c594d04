/** Licences of npm packages, from the packages themselves, as Deno has unpacked them. */
import { idOf, type LockedPackage } from "./lock.ts";

export interface LicensedPackage extends LockedPackage {
  /** An SPDX expression: what the package names, and what its text is, if that is another one. Empty if it names none. */
  readonly license: string;
  /** Its licence with the names of its authors; undefined if it comes with none. */
  readonly text: string | undefined;
}

/** Deno's folder of npm packages, as Deno finds it. */
export function npmCache(variables: (name: string) => string | undefined): string {
  const own = variables("DENO_DIR");
  const cache = variables("XDG_CACHE_HOME") || `${variables("HOME")}/.cache`;
  return `${own || `${cache}/deno`}/npm`;
}

/** Throws if the package was not downloaded. */
export async function licenseOf(locked: LockedPackage, cache: string): Promise<LicensedPackage> {
  const folder = await folderOf(locked, cache);
  const { license }: { license?: unknown } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
  const text = await textIn(folder);
  return { ...locked, license: withText(typeof license === "string" ? license : "", text), text };
}

/** What a package names may not be what it comes with: @pkgjs/parseargs has the Apache License, and names MIT. */
function withText(named: string, text: string | undefined): string {
  const found = text === undefined ? undefined : licenseOfText(text);
  return found === undefined || named === "" || named.split(/[() ]+/).includes(found)
    ? named
    : `${named} AND ${found}`;
}

/** Sentences that only this licence has. Whatever comes first counts: notices of others follow the licence. */
const SENTENCES: readonly { readonly license: string; readonly pattern: RegExp }[] = [
  { license: "Apache-2.0", pattern: /Apache License\s+Version 2\.0, January 2004/ },
  { license: "MIT", pattern: /Permission is hereby granted, free of charge, to any\s+person obtaining/ },
  { license: "BSD-3-Clause", pattern: /Neither the name of/ },
  { license: "ISC", pattern: /Permission to use, copy, modify, and(\/or)? distribute this software/ },
];

/** The SPDX name of a text; undefined if it is none of the usual ones. */
export function licenseOfText(text: string): string | undefined {
  const places = SENTENCES.map(({ license, pattern }) => ({ license, at: text.search(pattern) }));
  return places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]?.license;
}

/** Below the name of the registry it came from. */
async function folderOf({ name, version }: LockedPackage, cache: string): Promise<string> {
  const registries = await namesIn(cache).catch(() => []);
  for (const registry of registries) {
    const folder = `${cache}/${registry}/${name}/${version}`;
    if (await Deno.stat(`${folder}/package.json`).then(() => true, () => false)) return folder;
  }
  throw new Error(
    `The npm package ${
      idOf({ name, version })
    } is not in ${cache}: download all packages with "deno install"`,
  );
}

const LICENSE_FILE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;
const NOTICE_FILE = /^(notice|thirdpartynotices)(\.(md|txt))?$/i;

/** Its file, with further notices; or else the part of its README that is called so. */
async function textIn(folder: string): Promise<string | undefined> {
  const names = await namesIn(folder);
  const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);
  const files = [LICENSE_FILE, NOTICE_FILE].flatMap((pattern) => names.filter((name) => pattern.test(name)));
  if (files.some((name) => LICENSE_FILE.test(name))) {
    return (await Promise.all(files.map(read))).map((text) => text.trim()).join("\n\n");
  }
  const readme = names.find((name) => /^readme(\.md)?$/i.test(name));
  return readme === undefined ? undefined : licenseInReadme(await read(readme));
}

/** What stands below the heading "License". */
export function licenseInReadme(readme: string): string | undefined {
  const text = /^#+ *licen[cs]e *\n([\s\S]*?)(?=^#|(?![\s\S]))/im.exec(readme)?.[1]?.trim();
  return text === undefined || !/copyright/i.test(text) ? undefined : text;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}
