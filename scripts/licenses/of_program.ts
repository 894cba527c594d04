/** The licences of a compiled program. */
import type { LicensedPackage } from "./installed.ts";
import { licensedPackagesInProgram } from "./in_program.ts";
import type { Texts } from "./notices.ts";
import { type Runtime, runtimeIn } from "./runtime.ts";
import { APACHE_TEXT } from "./standard_texts.ts";

export interface Licenses {
  readonly packages: readonly LicensedPackage[];
  readonly runtime: Runtime;
  readonly texts: Texts;
}

const TOP = new URL("../../", import.meta.url);

/** Of the packages that the sources import, and of the runtime in the file `binary`. */
export async function licensesOf(binary: string): Promise<Licenses> {
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(new URL("licenses/texts/", TOP))) {
    files.set(name, await Deno.readTextFile(new URL(`licenses/texts/${name}`, TOP)));
  }
  files.set(APACHE_TEXT, await Deno.readTextFile(new URL("LICENSE", TOP)));
  const of = (file: string) => {
    const text = files.get(file);
    if (text === undefined) throw new Error(`licenses/texts/${file} is named in licenses/, and is not there`);
    return text;
  };
  return {
    packages: await licensedPackagesInProgram(),
    runtime: runtimeIn(await Deno.readFile(binary)),
    texts: { apache: of(APACHE_TEXT), of },
  };
}
