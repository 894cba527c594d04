/** The program in few files: the daemon, and what is loaded only where the configuration asks for it. */
import { runOrFail } from "./command.ts";
import { withoutNode } from "./without_node.ts";

/** Files of the bundle that are found by their names when the program runs. */
export const THREADS = ["monitor.js", "keeper.js"];

const PROJECT = new URL("../../", import.meta.url).pathname;

/**
 * Bundles what the threads run, with all that they import, into `folder`, by the Deno `compiler`: main.ts and monitor.ts of
 * the folder `threads`, and the keeper. Returns the path of the file to run.
 */
export async function bundle(compiler: string, folder: string, threads = "."): Promise<string> {
  const made = new Map([
    ["main.js", `${threads}/main.ts`],
    ["monitor.js", `${threads}/monitor.ts`],
    ["keeper.js", "src/monitor/keeper.ts"],
  ]);
  const flags = ["--quiet", "--platform=deno", "--code-splitting", `--outdir=${folder}`];
  await runOrFail(compiler, ["bundle", ...flags, ...Array.from(made.values(), (path) => PROJECT + path)]);
  // Bundles of files in sub folders are moved next to the others.
  for (const [name, path] of made) {
    await Deno.rename(`${folder}/${path.replace(/ts$/, "js")}`, `${folder}/${name}`);
  }
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await Deno.remove(path, { recursive: true });
    else {await Deno.writeTextFile(
        path,
        withoutNode((await Deno.readTextFile(path)).replace(/"(\.\.\/)+/g, '"./')),
      );}
  }
  return `${folder}/main.js`;
}
