/** What takes long to make and tests share: kept beside the root file systems of the containers, once for each state of its sources. */
import { createHash, type Hash } from "node:crypto";

const PROJECT = new URL("../../../", import.meta.url);
/** What no test has used for so long is removed. */
const KEPT_MS = 24 * 60 * 60_000;

export interface Recipe {
  /** Begins the names of what is kept, which is unlike all others. */
  readonly name: string;
  /** Files and folders that it is made of, and that say how, as paths below the project or absolute. Tests do not count. */
  readonly sources: readonly string[];
  /** What else it depends on. */
  readonly facts: readonly string[];
  /** Makes it at this path, where nothing is. */
  make(path: string): Promise<void>;
}

/** The absolute path of it, made now if it is not there. */
export async function kept({ name, sources, facts, make }: Recipe): Promise<string> {
  const folder = `${
    Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/root"}/.cache`
  }/drbdd-tests`;
  await Deno.mkdir(folder, { recursive: true });
  const hash = createHash("sha256").update(`${Deno.version.deno} ${facts.join(" ")}\n`);
  await addFiles(hash, sources);
  const path = `${folder}/${name}-${hash.digest("hex").slice(0, 16)}`;
  // Tests in other processes, and in other threads of this one, may want the same.
  using lock = await Deno.open(`${folder}/${name}.lock`, { create: true, write: true });
  await lock.lock(true);
  try {
    await Deno.utime(path, new Date(), new Date());
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await removeOld(folder, `${name}-`);
    const unfinished = `${path}.${Deno.pid}`;
    await make(unfinished);
    await Deno.rename(unfinished, path);
  }
  return path;
}

async function addFiles(hash: Hash, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const absolute = path.startsWith("/") ? path : `${PROJECT.pathname}${path}`;
    if ((await Deno.stat(absolute)).isDirectory) {
      const names: string[] = [];
      for await (const { name } of Deno.readDir(absolute)) names.push(`${path}/${name}`);
      await addFiles(hash, names.sort());
    } else if (!path.endsWith("_test.ts")) {
      hash.update(`${path}\n`).update(await Deno.readFile(absolute));
    }
  }
}

async function removeOld(folder: string, prefix: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = `${folder}/${name}`;
    const usedMs = (await Deno.stat(path).catch(() => undefined))?.mtime?.getTime() ?? Date.now();
    if (usedMs < Date.now() - KEPT_MS) await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

export interface ScriptOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the project itself. */
  readonly project?: string;
  /** In octal. A process has one for all its threads, so it is set for the script's own. Default: as it is here. */
  readonly umask?: string;
}

/** Runs one of the project's scripts, here or in a copy of the project. @throws With all that it said, if it fails. */
export async function runScript(
  args: readonly string[],
  { env = {}, project = PROJECT.pathname, umask }: ScriptOptions = {},
): Promise<string> {
  const command = [Deno.execPath(), "run", "-A", "--no-check", ...args];
  const [program = "", ...rest] = umask === undefined
    ? command
    : ["sh", "-c", 'umask "$1"; shift; exec "$@"', "sh", umask, ...command];
  const { success, stderr, stdout } = await new Deno.Command(program, {
    args: rest,
    cwd: project,
    env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout);
  if (!success) {
    throw new Error(`"${args.join(" ")}" failed (see CONTRIBUTING.md):\n${said}${decoder.decode(stderr)}`);
  }
  return said;
}
