/** The compiled program: the one that DRBDD_PROGRAM names, or one that is made of the sources as they are. */
import { createHash } from "node:crypto";

const PROJECT = new URL("../../", import.meta.url);
/** What the program is made of, and how, as paths below the project. */
const SOURCES = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "src",
  "plugins",
  "scripts/build",
  "scripts/compile.ts",
] as const;
/** Programs that no test has used for so long are removed. */
const KEPT_MS = 24 * 60 * 60_000;

/**
 * Absolute path of the program. One that is made is kept beside the root file systems of the containers, so that each state
 * of the sources is compiled once.
 */
export async function compiledProgram(): Promise<string> {
  const given = Deno.env.get("DRBDD_PROGRAM");
  if (given) return await Deno.realPath(given);
  made ??= make();
  return await made;
}

let made: Promise<string> | undefined;

async function make(): Promise<string> {
  const folder = `${cacheHome()}/drbdd-tests`;
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/drbdd-${await digest()}`;
  try {
    await Deno.utime(path, new Date(), new Date());
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await removeOld(folder);
    await compile(path);
  }
  return path;
}

async function compile(path: string): Promise<void> {
  const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "scripts/compile.ts", "--output", `${path}.${Deno.pid}`],
    cwd: PROJECT.pathname,
  }).output();
  if (!success) {
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    throw new Error(`The program could not be compiled (see CONTRIBUTING.md):\n${said}`);
  }
  await Deno.rename(`${path}.${Deno.pid}`, path);
}

async function digest(): Promise<string> {
  const hash = createHash("sha256");
  hash.update(
    `${Deno.version.deno} ${Deno.env.get("DENO_COMPILE") ?? ""} ${Deno.env.get("DENORT_BIN") ?? ""}\n`,
  );
  for (const path of await filesOf(SOURCES)) {
    hash.update(`${path}\n`).update(await Deno.readFile(`${PROJECT.pathname}${path}`));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!(await Deno.stat(`${PROJECT.pathname}${path}`)).isDirectory) {
      if (!path.endsWith("_test.ts")) files.push(path);
      continue;
    }
    const names: string[] = [];
    for await (const { name } of Deno.readDir(`${PROJECT.pathname}${path}`)) names.push(name);
    files.push(...await filesOf(names.sort().map((name) => `${path}/${name}`)));
  }
  return files;
}

async function removeOld(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith("drbdd-")) continue;
    const path = `${folder}/${name}`;
    const usedMs = (await Deno.stat(path).catch(() => undefined))?.mtime?.getTime() ?? Date.now();
    if (usedMs < Date.now() - KEPT_MS) await Deno.remove(path).catch(() => {});
  }
}

function cacheHome(): string {
  return Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/root"}/.cache`;
}
