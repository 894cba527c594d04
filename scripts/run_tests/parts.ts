/** The tests in their parts, which need different permissions. */

export interface Part {
  /** Arguments of `deno test`. */
  readonly args: readonly string[];
}

const CORE = "src/drbd";
/** They need root and installed servers: "deno task test:integration". */
const INTEGRATION = "tests/integration";
const ALL = ["-A", "--parallel"];

/** Which files to run, and by which names; all without any. */
export interface Choice {
  readonly paths: readonly string[];
  readonly filter?: string | undefined;
}

/** The core first: it has no permissions, which shows that it touches nothing. */
export function partsFor({ paths, filter }: Choice): Part[] {
  const common = ["--no-check", ...(filter === undefined ? [] : [`--filter=${filter}`])];
  if (paths.length > 0) {
    const isCore = (path: string) => path === CORE || path.startsWith(`${CORE}/`);
    const others = paths.filter((path) => !isCore(path));
    const core = others.some((path) => CORE.startsWith(`${path}/`)) ? [CORE] : paths.filter(isCore);
    return [
      ...(core.length === 0 ? [] : [{ args: [...common, ...core] }]),
      ...(others.length === 0 ? [] : [{ args: [...common, ...ALL, ...withoutCore(others), ...others] }]),
    ];
  }
  return [
    { args: [...common, CORE] },
    { args: [...common, ...ALL, `--ignore=${CORE}`, "src", "plugins", "scripts"] },
    { args: [...common, ...ALL, `--ignore=${INTEGRATION}`, "tests"] },
  ];
}

/** A folder above the core or the integration tests is run without them. */
function withoutCore(paths: readonly string[]): string[] {
  const inner = [CORE, INTEGRATION].filter((folder) => paths.some((path) => folder.startsWith(`${path}/`)));
  return inner.length === 0 ? [] : [`--ignore=${inner.join(",")}`];
}
