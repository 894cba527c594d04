/** The npm packages of the project, as deno.lock has them. */

/** What is read of deno.lock, version 5. */
export interface LockFile {
  /** Versions that specifiers of deno.json got, by specifier. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<
    Record<string, { readonly integrity: string; readonly dependencies?: readonly string[] }>
  >;
}

/** One npm package in one version. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** "sha512-" and base64, as npm writes it. */
  readonly integrity: string;
  /** "NAME@VERSION" of each package that it needs. */
  readonly needs: readonly string[];
}

/** "NAME@VERSION", as packages are called in `needs`. */
export function idOf({ name, version }: Pick<LockedPackage, "name" | "version">): string {
  return `${name}@${version}`;
}

/** All of them, by name. */
export function lockedPackages({ npm }: LockFile): LockedPackage[] {
  return Object.entries(npm).map(([key, { integrity, dependencies = [] }]) => ({
    ...split(key),
    integrity,
    needs: dependencies.map((dependency) => idOf(locked(dependency, npm))),
  }));
}

/**
 * Those that modules import, with what these need in turn. `imports` are specifiers as the modules write them, `aliases` the
 * imports of deno.json.
 */
export function packagesFor(
  imports: readonly string[],
  aliases: Readonly<Record<string, string>>,
  lock: LockFile,
): LockedPackage[] {
  const byId = new Map(lockedPackages(lock).map((locked) => [idOf(locked), locked]));
  const found = new Set<string>();
  const visit = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    for (const need of byId.get(id)?.needs ?? []) visit(need);
  };
  for (const specifier of imports) {
    const name = nameOf(specifier);
    const alias = aliases[name];
    if (alias === undefined) continue;
    const version = lock.specifiers[alias];
    if (version !== undefined) visit(idOf(split(`${name}@${version}`)));
  }
  return [...byId.values()].filter((locked) => found.has(idOf(locked)));
}

/** The package in a specifier: "hono" of "hono/streaming", "@optique/core" of "@optique/core/parser". */
function nameOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Name and version of a key; what follows the version names peers. */
function split(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  return { name: key.slice(0, at), version: key.slice(at + 1).split("_")[0] ?? "" };
}

/** A dependency has its version only where there are several. */
function locked(dependency: string, npm: LockFile["npm"]): { name: string; version: string } {
  if (dependency.indexOf("@", 1) > 0) return split(dependency);
  const key = Object.keys(npm).find((key) => split(key).name === dependency);
  return key === undefined ? { name: dependency, version: "" } : split(key);
}
