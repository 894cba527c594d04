import assert from "node:assert/strict";
import { sentence } from "./said.ts";

const NODES = ["alpha", "beta"];

interface Row {
  readonly name: string;
  readonly line: string;
  readonly want: string | undefined;
}

function json(update: unknown, before = ""): string {
  return before + JSON.stringify(update);
}

const ROWS: readonly Row[] = [
  {
    name: "tells which fields have another value",
    line: json({
      kind: "resource",
      type: "change",
      name: "web",
      old: { role: "Secondary", mayPromote: true, promotionScore: 10103 },
      new: { role: "Primary", mayPromote: false, promotionScore: 10103 },
    }),
    want: "web: resource: role Secondary -> Primary, may promote yes -> no",
  },
  {
    name: "passes over what a logger puts before",
    line: json({ kind: "device", type: "create", name: "web", volume: 0, new: {} }, "<7>debugger [one]: "),
    want: "web: device volume 0 is created",
  },
  {
    name: "calls nodes by their names",
    line: json({ kind: "connection", type: "destroy", name: "web", peerNodeId: 1, old: {} }),
    want: "web: connection beta is gone",
  },
  {
    name: "calls unknown nodes by their ids",
    line: json({ kind: "connection", type: "destroy", name: "web", peerNodeId: 7, old: {} }),
    want: "web: connection node 7 is gone",
  },
  {
    name: "tells of helpers",
    line: json({
      kind: "helper",
      type: "call",
      name: "web",
      helper: { helper: "fence-peer", peerNodeId: 0 },
    }),
    want: "web: helper fence-peer alpha is called",
  },
  {
    name: "tells of a rename",
    line: json({ kind: "resource", type: "rename", name: "web", newName: "www" }),
    want: "web: resource is now called www",
  },
  {
    name: "keeps quiet about fields that are only noise",
    line: json({
      kind: "device",
      type: "change",
      name: "web",
      volume: 0,
      old: { blocked: [] },
      new: { blocked: ["upper"] },
    }),
    want: undefined,
  },
  { name: "keeps quiet about lines without JSON", line: "drbdd 0.1.0 starts", want: undefined },
  { name: "keeps quiet about broken JSON", line: '{"kind":"resource"', want: undefined },
  { name: "keeps quiet about JSON that is no update", line: '{"level":"info"}', want: undefined },
  { name: "keeps quiet about JSON that is no object", line: "x {} 3", want: undefined },
];

for (const { name, line, want } of ROWS) {
  Deno.test(`sentence() ${name}`, () => assert.equal(sentence(line, NODES), want));
}
