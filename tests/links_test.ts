/** Links in what administrators read lead somewhere. */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
const FOLDERS = ["", "docs/", "plugins/", "example/", "tests/", "docs/man/"];

async function* markdown(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (name.startsWith(".") || name === "node_modules" || name === "dist") continue;
    if (isDirectory && folder !== "") yield* markdown(`${folder}${name}/`);
    else if (name.endsWith(".md")) yield folder + name;
  }
}

/** The letters that a heading has in a link: as GitHub makes them. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

async function exists(url: URL): Promise<boolean> {
  return await Deno.stat(url).then(() => true, () => false);
}

Deno.test("every relative link of every Markdown file leads to a file, and to a heading of it", async () => {
  const files = new Set<string>();
  for (const folder of FOLDERS) {
    for await (const file of markdown(folder)) files.add(file);
  }
  assert.ok(files.size > 8);
  const broken: string[] = [];
  for (const file of files) {
    const text = (await Deno.readTextFile(new URL(file, ROOT))).replaceAll(/^```.*?^```$/gms, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const url = new URL(path === "" ? file : path, path === "" ? ROOT : new URL(file, ROOT));
      if (!await exists(url)) broken.push(`${file}: ${target}`);
      else if (anchor !== undefined) {
        const headings = (await Deno.readTextFile(url)).matchAll(/^#+ (.*)$/gm);
        if (!Array.from(headings, ([, heading = ""]) => anchorOf(heading)).includes(anchor)) {
          broken.push(`${file}: ${target}`);
        }
      }
    }
  }
  assert.deepEqual(broken, []);
});
