import assert from "node:assert/strict";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import { Store } from "../state/store.ts";
import { describeUpdate, updateToJson } from "./update_text.ts";

const BASE = [
  "create resource name:web role:Secondary suspended:no force-io-failures:no may_promote:no promotion_score:0",
  "create connection name:web peer-node-id:1 conn-name:beta connection:Connecting role:Unknown congested:no",
  "create device name:web volume:0 minor:7 backing_dev:none disk:Diskless client:unknown open:no quorum:yes size:8",
  "create peer-device name:web peer-node-id:1 conn-name:beta volume:0 replication:Off peer-disk:DUnknown",
  "create path name:web peer-node-id:1 conn-name:beta local:ipv4:10.0.0.1:7000 peer:ipv4:10.0.0.2:7000 established:no",
];

/** The updates that `line` makes after the base. */
function updatesOf(line: string) {
  const store = new Store();
  apply(store, ...BASE);
  return apply(store, line).updates;
}

const CASES: { name: string; line: string; text: string; json: unknown }[] = [
  {
    name: "a changed resource",
    line: "change resource name:web role:Primary suspended:user,quorum",
    text: "web: role Secondary -> Primary, suspended no -> user,quorum",
    json: {
      kind: "resource",
      type: "change",
      name: "web",
      old: {
        "role": "Secondary",
        "suspended": [],
        "force-io-failures": false,
        "write-ordering": null,
        "may-promote": false,
        "promotion-score": 0,
      },
      new: {
        "role": "Primary",
        "suspended": ["user", "quorum"],
        "force-io-failures": false,
        "write-ordering": null,
        "may-promote": false,
        "promotion-score": 0,
      },
    },
  },
  {
    name: "a changed device, with what is not known",
    line: "change device name:web volume:0 disk:UpToDate client:no backing_dev:/dev/a",
    text:
      "web device volume 0: backing-dev none -> /dev/a, disk-state Diskless -> UpToDate, client unknown -> no",
    json: {
      kind: "device",
      type: "change",
      name: "web",
      volume: 0,
      old: { ...device("Diskless"), "backing-dev": null, "client": null },
      new: { ...device("UpToDate"), "backing-dev": "/dev/a", "client": false },
    },
  },
  {
    name: "a new connection",
    line:
      "create connection name:web peer-node-id:2 conn-name: connection:StandAlone role:Unknown congested:no",
    text:
      'web connection peer-node-id 2: create, conn-name "", connection-state StandAlone, peer-role Unknown, congested no',
    json: {
      kind: "connection",
      type: "create",
      name: "web",
      "peer-node-id": 2,
      new: { "conn-name": "", "connection-state": "StandAlone", "peer-role": "Unknown", "congested": false },
    },
  },
  {
    name: "a destroyed path",
    line:
      "destroy path name:web peer-node-id:1 conn-name:beta local:ipv4:10.0.0.1:7000 peer:ipv4:10.0.0.2:7000",
    text: "web path peer-node-id 1, local ipv4:10.0.0.1:7000, peer ipv4:10.0.0.2:7000: destroyed",
    json: {
      kind: "path",
      type: "destroy",
      name: "web",
      "peer-node-id": 1,
      local: "ipv4:10.0.0.1:7000",
      peer: "ipv4:10.0.0.2:7000",
      old: { "established": false },
    },
  },
  {
    name: "a changed peer-device",
    line:
      "change peer-device name:web peer-node-id:1 conn-name:beta volume:0 peer-disk:UpToDate resync-suspended:user",
    text:
      "web peer-device peer-node-id 1, volume 0: peer-disk-state DUnknown -> UpToDate, resync-suspended no -> user",
    json: {
      kind: "peer-device",
      type: "change",
      name: "web",
      "peer-node-id": 1,
      volume: 0,
      old: {
        "replication-state": "Off",
        "peer-disk-state": "DUnknown",
        "peer-client": null,
        "resync-suspended": [],
      },
      new: {
        "replication-state": "Off",
        "peer-disk-state": "UpToDate",
        "peer-client": null,
        "resync-suspended": ["user"],
      },
    },
  },
  {
    name: "a rename",
    line: "rename resource name:web new_name:shop",
    text: "web renamed to shop",
    json: { kind: "resource", type: "rename", name: "web", "new-name": "shop" },
  },
  {
    name: "a helper's answer",
    line:
      "response helper name:web peer-node-id:1 conn-name:beta volume:0 minor:7 helper:fence-peer status:1792",
    text:
      "web response helper helper fence-peer, peer-node-id 1, conn-name beta, volume 0, minor 7, status 1792",
    json: {
      kind: "helper",
      type: "response",
      name: "web",
      helper: "fence-peer",
      "peer-node-id": 1,
      "conn-name": "beta",
      volume: 0,
      minor: 7,
      status: 1792,
    },
  },
];

function device(diskState: string) {
  return { "minor": 7, "disk-state": diskState, "open": false, "quorum": true, "size": 8 };
}

for (const { name, line, text, json } of CASES) {
  Deno.test(`describeUpdate() describes ${name}`, () =>
    assert.deepEqual(updatesOf(line).map(describeUpdate), [text]));
  Deno.test(`updateToJson() writes ${name} in one line`, () => {
    const [update] = updatesOf(line);
    assert.ok(update);
    const written = updateToJson(update);
    assert.deepEqual(JSON.parse(written), json);
    assert.ok(!written.includes("\n"));
  });
}

Deno.test("updateToJson() writes a size beyond 2^53 as text", () => {
  const [update] = updatesOf("change device name:web volume:0 size:9007199254740993");
  assert.ok(update);
  assert.match(updateToJson(update), /"size":"9007199254740993"/);
});
