/** Which npm packages are in the compiled program: those that its modules import. */
import deno from "../../deno.json" with { type: "json" };
import { readSources, type Source } from "../check/sources.ts";
import { type LicensedPackage, licenseOf, npmCache } from "./installed.ts";
import { type LockedPackage, type LockFile, packagesFor } from "./lock.ts";

/** Neither tests nor scripts are in it. */
function isInProgram({ path }: Source): boolean {
  return /^(main\.ts$|src\/|plugins\/)/.test(path) && !path.endsWith("_test.ts");
}

/** Packages that these modules import. */
export function importsOf(sources: readonly Source[]): string[] {
  const found = sources.filter(isInProgram).flatMap(({ text }) =>
    Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^."][^"]*)"/g), ([, name]) => name ?? "")
  );
  return [...new Set(found)].filter((name) => !name.startsWith("node:")).sort();
}

/** The lock file of the project. */
export async function projectLock(): Promise<LockFile> {
  return JSON.parse(await Deno.readTextFile(new URL("../../deno.lock", import.meta.url)));
}

export async function packagesInProgram(): Promise<LockedPackage[]> {
  return packagesFor(importsOf(await readSources()), deno.imports, await projectLock());
}

/** The same with their licences. Throws if one of them is not downloaded, or has no licence. */
export async function licensedPackagesInProgram(): Promise<LicensedPackage[]> {
  const cache = npmCache((name) => Deno.env.get(name));
  return await Promise.all((await packagesInProgram()).map((locked) => licenseOf(locked, cache)));
}
