/** The sources of the project, as text. */

/** One file of TypeScript. */
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
  for (const folder of FOLDERS) await collect(folder, paths);
  return await Promise.all(
    paths.sort().map(async (path) => {
      const text = await Deno.readTextFile(TOP + path);
      return { path, text, lines: text.split("\n"), imports: importsOf(path, text) };
    }),
  );
}

async function collect(folder: string, paths: string[]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(TOP + folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await collect(path, paths);
    else if (name.endsWith(".ts")) paths.push(path);
  }
}

function importsOf(path: string, text: string): string[] {
  const named = Array.from(
    text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+\.ts)"/g),
    ([, name]) => name ?? "",
  );
  return named.map((name) => new URL(name, `file:///${path}`).pathname.slice(1));
}
