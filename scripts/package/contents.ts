/** What a package installs: files as they are, and those that are made for it. */
import { basename, dirname } from "node:path/posix";
import { run, runOrFail } from "../build/command.ts";
import { manPages } from "./man_pages.ts";

export interface Entry {
  /** Absolute, as it is installed. */
  readonly path: string;
  readonly mode: number;
  readonly content:
    | { readonly file: string }
    | { readonly text: string }
    | { readonly link: string }
    | "directory";
  /** A file of the administrator's: an upgrade keeps what was changed. */
  readonly isConfig?: boolean;
}

const DOCUMENTS = "/usr/share/doc/drbdd";
const EXAMPLES = `${DOCUMENTS}/examples`;
const UNITS = "/lib/systemd/system";

/** Where files of example/ go, by the first pattern that matches their path in it. Others are examples. */
const PLACES: readonly { readonly match: RegExp; readonly directory: string; readonly mode?: number }[] = [
  { match: /^[^/]+\.(service|path|target|timer)$/, directory: UNITS },
  { match: /^ocf[^/]*$/, directory: "/usr/lib/drbdd", mode: 0o755 },
  { match: /(^|\/)[^/]+-MIB(\.txt|\.mib)?$/, directory: "/usr/share/snmp/mibs" },
];

/** Everything, with its directories left to the packer. `binary` is the compiled program, which is run if `canRun`. */
export async function contents(binary: string, canRun: boolean): Promise<Entry[]> {
  const file = (path: string, from: string, mode = 0o644): Entry => ({ path, mode, content: { file: from } });
  const entries: Entry[] = [
    file("/usr/sbin/drbdd", binary, 0o755),
    { path: "/usr/sbin/drbddctl", mode: 0o777, content: { link: "drbdd" } },
    // Not for everybody: configuration has passwords.
    { ...file("/etc/drbdd.toml", "scripts/package/drbdd.toml", 0o640), isConfig: true },
    { path: "/etc/drbdd.d", mode: 0o750, content: "directory" },
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
    ...(canRun ? await completions(binary) : []),
  ];
  return entries.sort((a, b) => a.path < b.path ? -1 : 1);
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

async function examples(): Promise<Entry[]> {
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

const SHELLS = [
  { shell: "bash", path: "/usr/share/bash-completion/completions/drbddctl" },
  { shell: "zsh", path: "/usr/share/zsh/vendor-completions/_drbddctl" },
  { shell: "fish", path: "/usr/share/fish/vendor_completions.d/drbddctl.fish" },
] as const;

/** As drbddctl writes them itself. None, if it does not. */
async function completions(binary: string): Promise<Entry[]> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-package-" });
  try {
    const program = `${folder}/drbddctl`;
    await Deno.symlink(await Deno.realPath(binary), program);
    if (!(await run(program, ["generate-completion", "bash"])).success) return [];
    const entries: Entry[] = [];
    for (const { shell, path } of SHELLS) {
      const text = await runOrFail(program, ["generate-completion", shell]);
      entries.push({ path, mode: 0o644, content: { text } });
    }
    return entries;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
