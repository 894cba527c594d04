import assert from "node:assert/strict";
import { line } from "../../../tests/support/core/events2_text.ts";
import { type Event, resourceNameOf } from "./event.ts";
import { parseLine } from "./parse_line.ts";

const LINES = [
  line("change", "resource", { name: "a:b" }),
  line("destroy", "resource", { name: "a:b" }),
  line("change", "device", { name: "a:b" }),
  line("change", "connection", { name: "a:b" }),
  line("destroy", "peer-device", { name: "a:b" }),
  line("change", "path", { name: "a:b" }),
  "rename resource name:a:b new_name:c",
  "call helper name:a:b helper:fence-peer",
];

for (const text of LINES) {
  Deno.test(`resourceNameOf() finds the name in ${text.split(" ", 2).join(" ")}`, () => {
    const parsed = parseLine(text);
    assert.ok(parsed.object !== "rejected" && parsed.object !== "dump");
    assert.equal(resourceNameOf(parsed satisfies Event), "a:b");
  });
}
