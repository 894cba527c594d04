import assert from "node:assert/strict";
import { bundle } from "./bundle.ts";

/** Of the forms that the bundler writes: what is there before the program runs. */
const STATIC_IMPORT = /^(?:import|export)\b[^;"]*"([^"]+)";$/gm;

Deno.test("what is loaded before the program runs imports nothing of Node", async () => {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bundle-" });
  try {
    await bundle(Deno.execPath(), folder);
    const files = new Set(["main.js"]);
    const foreign = [];
    for (const file of files) {
      for (const [, name = ""] of (await Deno.readTextFile(`${folder}/${file}`)).matchAll(STATIC_IMPORT)) {
        if (name.startsWith("./")) files.add(name.slice(2));
        else foreign.push(`${file}: ${name}`);
      }
    }
    assert.deepEqual(foreign, []);
    assert.ok(files.size > 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
