/** What a package installs: files as they are, and those that are made for it. */
import { basename, dirname } from "node:path/posix";
import type { Target } from "../build/target.ts";
import type { Licenses } from "../licenses/of_program.ts";
import { manPages } from "./man_pages.ts";

/** The group with read access for users other than root. */
export const WATCHERS = "drbdd";

export interface Entry {
  /** Absolute, as it is installed. */
  readonly path: string;
  readonly mode: number;
  readonly content:
    | { readonly file: string }
    | { readonly text: string }
    | { readonly link: string }
    | "directory";
  /** Group of the files; default root. */
  readonly group?: typeof WATCHERS;
  /** A file of the administrator's: an upgrade keeps what was changed. */
  readonly isConfig?: boolean;
}

/** One package to make. */
export interface Build {
  readonly entries: readonly Entry[];
  readonly target: Target;
  readonly version: string;
  /** Of all that is in the program. */
  readonly licenses: Licenses;
  /** Seconds since 1970: the time of all files. */
  readonly epoch: number;
  /** From 0, fast, to 9, small. */
  readonly compression: number;
  /** Where the package goes. */
  readonly directory: string;
}

const DOCUMENTS = "/usr/share/doc/drbdd";
const EXAMPLES = `${DOCUMENTS}/examples`;
const UNITS = "/lib/systemd/system";
const GENERATORS = "/lib/systemd/system-generators";
const OCF = "/usr/lib/drbdd";

/** Where files of example/ go, by the first pattern that matches their path in it. Others are examples. */
const PLACES: readonly { readonly match: RegExp; readonly directory: string; readonly mode?: number }[] = [
  // By way of its generator.
  { match: /^ocf\.rs@\.service$/, directory: OCF },
  { match: /^ocf-rs-wrapper$/, directory: OCF, mode: 0o755 },
  { match: /^[^/]+\.(service|path|target|timer)$/, directory: UNITS },
  { match: /\.schema\.json$/, directory: "/usr/share/drbdd" },
  { match: /(^|\/)[^/]+-MIB(\.txt|\.mib)?$/, directory: "/usr/share/snmp/mibs" },
];

/** Everything that does not depend on the machine but for `binary`, with its directories left to the packer. */
export async function contents(binary: string): Promise<Entry[]> {
  const file = (path: string, from: string, mode = 0o644): Entry => ({ path, mode, content: { file: from } });
  const entries: Entry[] = [
    file("/usr/sbin/drbdd", binary, 0o755),
    { path: "/usr/sbin/drbddctl", mode: 0o777, content: { link: "drbdd" } },
    file(`${GENERATORS}/drbdd-ocf-generator`, "scripts/package/ocf-generator", 0o755),
    // Not for everybody: configuration has passwords.
    {
      ...file("/etc/drbdd.toml", "scripts/package/drbdd.toml", 0o640),
      isConfig: true,
      group: WATCHERS,
    },
    { path: "/etc/drbdd.d", mode: 0o2750, content: "directory", group: WATCHERS },
    // Tokens and keys.
    { path: "/etc/drbdd", mode: 0o700, content: "directory" },
    { ...file("/etc/logrotate.d/drbdd", "scripts/package/logrotate"), isConfig: true },
    file(`${DOCUMENTS}/README.md`, "README.md"),
    file(`${DOCUMENTS}/CHANGELOG.md`, "CHANGELOG.md"),
    ...await examples(),
    ...await documents(),
    ...(await manPages()).map(({ name, section, text }): Entry => ({
      path: `/usr/share/man/man${section}/${name}.${section}`,
      mode: 0o644,
      content: { text },
    })),
  ];
  return entries;
}

async function filesBelow(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) found.push(...await filesBelow(path));
    else found.push(path);
  }
  return found.sort();
}

/** Files of example/, where they are installed. */
export async function examples(): Promise<Entry[]> {
  return (await filesBelow("example")).map((from) => {
    const name = from.slice("example/".length);
    const place = PLACES.find(({ match }) => match.test(name));
    const path = place === undefined ? `${EXAMPLES}/${name}` : `${place.directory}/${basename(name)}`;
    return { path, mode: place?.mode ?? 0o644, content: { file: from } };
  });
}

async function documents(): Promise<Entry[]> {
  const pages = (await filesBelow("docs")).filter((path) => dirname(path) === "docs" && path.endsWith(".md"));
  return pages.map((from) => ({
    path: `${DOCUMENTS}/${basename(from)}`,
    mode: 0o644,
    content: { file: from },
  }));
}
