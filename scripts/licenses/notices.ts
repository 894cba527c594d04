/** The licences of all that is in the compiled program, as texts that the packages bring. */
import type { LicensedPackage } from "./installed.ts";
import { idOf } from "./lock.ts";
import { type Crate, type Runtime, RUNTIME_PARTS } from "./runtime.ts";

/** Texts in licenses/texts by name, and that of the Apache License 2.0. */
export interface Texts {
  readonly apache: string;
  of(file: string): string;
}

const RULE = "-".repeat(78);

/** One document with every text in full. */
export function notices(packages: readonly LicensedPackage[], runtime: Runtime, texts: Texts): string {
  return `Licences of what is in the program drbdd

drbdd itself is under the Apache License 2.0. The program is one file, and has in
it packages from npm and the runtime of Deno, with what that is made of.

${overview(packages, runtime)}
${withTexts(packages, runtime, texts)}
${heading("Apache License 2.0", "the text for all of the above that name it")}
${texts.apache.trim()}
`;
}

/** The same for Debian, where each system has the text of the Apache License. */
export function debianCopyright(
  packages: readonly LicensedPackage[],
  runtime: Runtime,
  texts: Texts,
  about: { readonly source: string; readonly year: number },
): string {
  const short = (text: string) => isApache(text) ? COMMON_APACHE : text;
  return `drbdd
Source: ${about.source}

Copyright: ${about.year} drbdd founders
License: Apache-2.0
${COMMON_APACHE}

/usr/sbin/drbdd has in it packages from npm and the runtime of Deno, with what
that is made of. Where a licence below has a text of more than the Apache License,
THIRD-PARTY-NOTICES.txt beside this file has all of it.

${overview(packages, runtime)}
${
    withTexts(packages.map((one) => ({ ...one, text: short(one.text ?? "") })), runtime, {
      apache: COMMON_APACHE,
      of: (file) => short(texts.of(file)),
    })
  }`;
}

const COMMON_APACHE = `On Debian systems the text of the Apache License 2.0 is in
/usr/share/common-licenses/Apache-2.0.`;

/** Whether a text is that licence, which is long and always the same. */
function isApache(text: string): boolean {
  return /Apache License\s+Version 2\.0, January 2004/.test(text);
}

function overview(packages: readonly LicensedPackage[], runtime: Runtime): string {
  const { deno, v8, crates } = runtime;
  const known = crates.filter(({ license }) => license !== undefined);
  const unknown = crates.filter(({ license }) => license === undefined);
  const line = (name: string, license: string) => `  ${name.padEnd(50)} ${license}`.trimEnd();
  return [
    "Packages from npm:",
    ...packages.map((one) => line(`${one.name} ${one.version}`, one.license)),
    "",
    `The runtime: Deno ${deno ?? "of an unknown version"}, with V8 ${v8 ?? "of an unknown version"}:`,
    ...RUNTIME_PARTS.map(({ name, license }) => line(name, license)),
    "",
    "Crates of Rust that are in this runtime, as far as its messages name them:",
    ...known.map(({ name, version, license }) => line(`${name} ${version}`, license?.license ?? "")),
    "",
    ...(unknown.length === 0 ? [] : [
      "Further crates of Rust in it. Their licences could not be fetched where this",
      "package was made; https://crates.io/crates/NAME/VERSION has them:",
      ...unknown.map(({ name, version }) => line(`${name} ${version}`, "")),
      "",
    ]),
  ].join("\n");
}

/** Every text once, below the names of those it is for. */
function withTexts(packages: readonly LicensedPackage[], { crates }: Runtime, texts: Texts): string {
  const byText = new Map<string, string[]>();
  const add = (text: string, name: string) => {
    const key = text.trim();
    byText.set(key, [...(byText.get(key) ?? []), name]);
  };
  for (const one of packages) add(one.text ?? "", idOf(one));
  for (const { name, text, source } of RUNTIME_PARTS) add(texts.of(text), `${name} (text: ${source})`);
  for (const crate of crates) addCrate(crate, texts, add);
  return [...byText].map(([text, names]) => `${heading(...names)}\n${text}\n`).join("\n");
}

function addCrate({ name, license }: Crate, texts: Texts, add: (text: string, name: string) => void): void {
  if (license === undefined) return;
  const { copyright = [], authors = [], source } = license;
  const who = [
    ...copyright.map((owner) => `\n  Copyright ${owner}`),
    ...authors.map((author) => `\n  Author: ${author}`),
  ].join("");
  const hasOwnText = license.texts.includes(`crate-${name}.txt`);
  const unknown = who === "" && !hasOwnText ? "\n  No notice of copyright was found" : "";
  const title = `${name}, ${license.license} (text: ${source})${who}${unknown}`;
  for (const file of license.texts) add(texts.of(file), title);
}

function heading(...names: readonly string[]): string {
  return `${RULE}\n${names.join("\n")}\n${RULE}\n`;
}
