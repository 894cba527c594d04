/** The program in few files: the daemon, and what is loaded only where the configuration asks for it. */
import { runOrFail } from "./command.ts";
import { withoutNode } from "./without_node.ts";

/** Bundles main.ts with all that it imports into `folder`, by the Deno `compiler`. Returns the path of the file to run. */
export async function bundle(compiler: string, folder: string): Promise<string> {
  const flags = ["--quiet", "--platform=deno", "--code-splitting", `--outdir=${folder}`];
  await runOrFail(compiler, ["bundle", ...flags, MAIN]);
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, withoutNode(await Deno.readTextFile(path)));
  }
  return `${folder}/main.js`;
}

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
