import assert from "node:assert/strict";
import { quoteForShell, remoteArguments } from "./remote_words.ts";

const SHOWN = { ability: { isColoured: true, isUnicode: true }, columns: 80 };

Deno.test("remoteArguments() leaves out what was for this node, and says how it is shown here", () => {
  assert.deepEqual(
    remoteArguments(
      ["--context", "x", "-c", "/a", "disable", "--nodes=a,b", "web", "--color", "never"],
      SHOWN,
    ),
    ["--local", "--color", "always", "--symbols", "unicode", "--columns", "80", "-c", "/a", "disable", "web"],
  );
  const plain = { ability: { isColoured: false, isUnicode: false }, columns: undefined };
  assert.deepEqual(
    remoteArguments(["cat", "--", "--nodes", "x"], plain),
    ["--local", "--color", "never", "--symbols", "ascii", "cat", "--", "--nodes", "x"],
  );
});

Deno.test("quoteForShell() keeps every word one word", async () => {
  const words = ["plain", "a b", "it's", "$HOME", "", "*", "a\nb", "größe"];
  const script = `for word in ${quoteForShell(words)}; do printf '%s\\0' "$word"; done`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assert.deepEqual(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
});
