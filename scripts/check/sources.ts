/** The sources of the project, as text. */

/** One file of TypeScript, or of the web page's JavaScript. */
export interface Source {
  /** From the top of the project. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Modules of the project that it imports, by their paths; types only, too. */
  readonly imports: readonly string[];
}

const TOP = new URL("../../", import.meta.url).pathname;
const FOLDERS = ["src", "plugins", "scripts", "tests"];

/** All sources, by path. Tests are among them. */
export async function readSources(): Promise<Source[]> {
  const paths = ["main.ts", "monitor.ts"];
  for (const folder of FOLDERS) await collect(folder, paths, ".ts", ".js");
  return await Promise.all(
    paths.sort().map(async (path) => {
      const text = await Deno.readTextFile(TOP + path);
      return { path, text, lines: text.split("\n"), imports: importsOf(path, text) };
    }),
  );
}

/** The paths of all README.md. */
export async function readReadmes(): Promise<Set<string>> {
  const paths: string[] = [];
  for (const folder of FOLDERS) await collect(folder, paths, "README.md");
  return new Set(paths);
}

async function collect(folder: string, paths: string[], ...endings: readonly string[]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(TOP + folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await collect(path, paths, ...endings);
    else if (endings.some((ending) => name.endsWith(ending))) paths.push(path);
  }
}

function importsOf(path: string, text: string): string[] {
  const named = Array.from(
    text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+\.ts)"/g),
    ([, name]) => name ?? "",
  );
  return named.map((name) => new URL(name, `file:///${path}`).pathname.slice(1));
}
