import assert from "node:assert/strict";
import type { PeerDeviceState } from "../../src/drbd/model.ts";
import type { Unplaced } from "../../src/drbd/update.ts";
import { updateToJson } from "../../src/drbd/update_text.ts";
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
      old: { role: "Secondary", "may-promote": true, "promotion-score": 10103 },
      new: { role: "Primary", "may-promote": false, "promotion-score": 10103 },
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
    line: json({ kind: "connection", type: "destroy", name: "web", "peer-node-id": 1, old: {} }),
    want: "web: connection beta is gone",
  },
  {
    name: "calls unknown nodes by their ids",
    line: json({ kind: "connection", type: "destroy", name: "web", "peer-node-id": 7, old: {} }),
    want: "web: connection node 7 is gone",
  },
  {
    name: "tells of helpers",
    line: json({
      kind: "helper",
      type: "call",
      name: "web",
      helper: "fence-peer",
      "peer-node-id": 0,
    }),
    want: "web: helper fence-peer alpha is called",
  },
  {
    name: "tells of a rename",
    line: json({ kind: "resource", type: "rename", name: "web", "new-name": "www" }),
    want: "web: resource is now called www",
  },
  {
    name: "keeps quiet about fields that are only noise",
    line: json({
      kind: "device",
      type: "change",
      name: "web",
      volume: 0,
      old: { size: 0 },
      new: { size: 64 },
    }),
    want: undefined,
  },
  { name: "keeps quiet about lines without JSON", line: "drbdd 0.1.0 starts", want: undefined },
  { name: "keeps quiet about broken JSON", line: '{"kind":"resource"', want: undefined },
  { name: "keeps quiet about JSON that is no update", line: '{"level":"info"}', want: undefined },
  { name: "keeps quiet about JSON that is no object", line: "x {} 3", want: undefined },
];

Deno.test("sentence() understands what the debugger plugin writes", () => {
  const update: Unplaced = {
    kind: "peer-device",
    type: "change",
    name: "web",
    peerNodeId: 1,
    volume: 0,
    old: peerDevice("UpToDate"),
    new: peerDevice("Outdated"),
  };
  assert.equal(
    sentence(`debugger: ${updateToJson(update)}`, NODES),
    "web: peer-device beta volume 0: peer disk state UpToDate -> Outdated",
  );
});

function peerDevice(peerDiskState: string): PeerDeviceState {
  return {
    peerNodeId: 1,
    volume: 0,
    replicationState: "Established",
    peerDiskState,
    peerClient: "no",
    resyncSuspended: [],
  };
}

for (const { name, line, want } of ROWS) {
  Deno.test(`sentence() ${name}`, () => assert.equal(sentence(line, NODES), want));
}
