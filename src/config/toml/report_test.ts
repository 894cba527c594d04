import assert from "node:assert/strict";
import { diagnose, likeliest } from "./report.ts";

const KEYS = ["start", "stop", "runner", "on-quorum-loss", "preferred-nodes", "id"];

const CASES: readonly { word: string; want: string | undefined }[] = [
  { word: "runer", want: "runner" },
  { word: "strat", want: "start" },
  { word: "on_quorum_loss", want: "on-quorum-loss" },
  { word: "prefered-node", want: "preferred-nodes" },
  { word: "START", want: "start" },
  { word: "ids", want: "id" },
  { word: "di", want: "id" },
  { word: "something", want: undefined },
  { word: "xy", want: undefined },
  { word: "", want: undefined },
];
for (const { word, want } of CASES) {
  Deno.test(`likeliest() takes "${word}" for ${want ?? "nothing known"}`, () => {
    assert.equal(likeliest(word, KEYS), want);
  });
}

Deno.test("diagnose() names both places of what is there twice", () => {
  const source = { file: "/f", text: "[a.x]\n[b.x]\n" };
  const [diagnostic] = diagnose([{
    ...{ severity: "error", source, path: ["b", "x"], at: "key", first: { source, path: ["a", "x"] } },
    ...{ wrong: "Resource twice", found: "it again", expected: "it once" },
  }]);
  assert.deepEqual(diagnostic, {
    ...{ severity: "error", file: "/f", line: 2, column: 4 },
    message: "Resource twice: found it again, first at /f:1:4, expected it once",
  });
});
