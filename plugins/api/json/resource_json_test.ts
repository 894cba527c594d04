import assert from "node:assert/strict";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import { take } from "../../../tests/support/core/take_lines.ts";
import { resourceToJson } from "./resource_json.ts";

const HEALTHY = { severity: "ok", problems: [] } as const;

type Answer = Record<string, unknown>;

/** The answer for what these lines say of the resource r. */
function answerOf(...lines: string[]): Answer {
  const stream = new EventStream();
  take(stream, ...lines, "exists -");
  const resource = stream.cluster().get("r");
  assert.ok(resource);
  return JSON.parse(resourceToJson(resource, 3, HEALTHY, undefined));
}

const RESOURCE =
  "exists resource name:r role:Primary suspended:no force-io-failures:no write-ordering:drain may_promote:no promotion_score:7";
const CONNECTION =
  "exists connection name:r peer-node-id:1 conn-name:beta connection:Connected role:Secondary congested:yes";
const DEVICE = (statistics: string) =>
  `exists device name:r volume:0 minor:5 backing_dev:/dev/a disk:UpToDate client:no open:yes quorum:yes ${statistics}`;
const PEER_DEVICE = (rest: string) =>
  `exists peer-device name:r peer-node-id:1 conn-name:beta volume:0 replication:SyncTarget peer-disk:UpToDate peer-client:no resync-suspended:no ${rest}`;

const first = (answer: Answer, list: string) => (answer[list] as Answer[])[0] ?? {};
const peerDevice = (...lines: string[]) =>
  first(first(answerOf(RESOURCE, CONNECTION, ...lines), "connections"), "peer_devices");

Deno.test("resourceToJson() has the resource's own keys", () => {
  assert.deepEqual(answerOf(RESOURCE), {
    "name": "r",
    "node-id": 3,
    "role": "Primary",
    "suspended": false,
    "suspended-user": false,
    "suspended-no-data": false,
    "suspended-fencing": false,
    "suspended-quorum": false,
    "force-io-failures": false,
    "write-ordering": "drain",
    "may-promote": false,
    "promotion-score": 7,
    "health": HEALTHY,
    "devices": [],
    "connections": [],
    "promoter": null,
  });
});

Deno.test("resourceToJson() shows why I/O is suspended", () => {
  const answer = answerOf(RESOURCE.replace("suspended:no", "suspended:no-data,quorum"));
  assert.deepEqual(
    ["", "-user", "-no-data", "-fencing", "-quorum"].map((reason) => answer[`suspended${reason}`]),
    [true, false, true, false, true],
  );
});

Deno.test("resourceToJson() says suspended for a reason it does not know", () => {
  const answer = answerOf(RESOURCE.replace("suspended:no", "suspended:moon"));
  assert.equal(answer["suspended"], true);
});

Deno.test("resourceToJson() leaves out what the kernel did not report", () => {
  const device = first(
    answerOf(
      RESOURCE.replace(" write-ordering:drain", ""),
      DEVICE("size:9223372036854775807 read:9223372036854775807 written:5 upper-pending:4294967295"),
    ),
    "devices",
  );
  assert.deepEqual(device, {
    "volume": 0,
    "minor": 5,
    "disk-state": "UpToDate",
    "client": false,
    "open": true,
    "quorum": true,
    "backing-dev": "/dev/a",
    "written": 5,
  });
});

Deno.test("resourceToJson() prints counters beyond 2^53 with all their digits", () => {
  const stream = new EventStream();
  take(stream, RESOURCE, DEVICE("size:10 read:9007199254740993 written:18446744073709551614"), "exists -");
  const resource = stream.cluster().get("r");
  assert.ok(resource);
  assert.match(
    resourceToJson(resource, 0, HEALTHY, undefined),
    /"read":9007199254740993,"written":18446744073709551614\}/,
  );
});

Deno.test("resourceToJson() keeps words it does not know", () => {
  const device = first(
    answerOf(RESOURCE, DEVICE("size:1").replace("disk:UpToDate", "disk:Melted")),
    "devices",
  );
  assert.equal(device["disk-state"], "Melted");
});

Deno.test("resourceToJson() takes unknown for no, as drbdsetup does", () => {
  const line = DEVICE("size:1").replace("client:no open:yes", "client:unknown open:unknown").replace(
    "/dev/a",
    "none",
  );
  const device = first(answerOf(RESOURCE, line), "devices");
  assert.deepEqual([device["client"], device["open"], device["backing-dev"]], [false, false, null]);
});

const ADDRESSES: [string, unknown][] = [
  ["ipv4:192.0.2.1:7789", { address: "192.0.2.1", port: 7789, family: "ipv4" }],
  ["ipv6:[2001:db8::1]:7789", { address: "2001:db8::1", port: 7789, family: "ipv6" }],
  ["ipv6:[fe80::1%lo]:7000", { address: "fe80::1%lo", port: 7000, family: "ipv6" }],
  ["sdp:192.0.2.1:7789", { address: "192.0.2.1", port: 7789, family: "sdp" }],
  ["moon", { address: "moon" }],
];
for (const [address, want] of ADDRESSES) {
  Deno.test(`resourceToJson() takes the address ${address} apart`, () => {
    const path =
      `exists path name:r peer-node-id:1 conn-name:beta local:${address} peer:ipv4:192.0.2.9:1 established:yes`;
    const connection = first(answerOf(RESOURCE, CONNECTION, path), "connections");
    assert.deepEqual(first(connection, "paths")["this_host"], want);
  });
}

Deno.test("resourceToJson() shows the progress of a resync as drbdsetup does", () => {
  const statistics =
    "done:12.11 received:256 sent:0 out-of-sync:115152 pending:0 unacked:0 dbdt1:0.43 eta:259";
  const answer = peerDevice(DEVICE("size:131024"), PEER_DEVICE(statistics));
  assert.equal(answer["percent-in-sync"], 12.11);
  assert.equal(answer["percent-resync-done"], 12.11);
  assert.equal(answer["db1/dt1 [MiB/s]"], 0.43);
  assert.equal(answer["estimated-seconds-to-finish"], 259);
});

Deno.test("resourceToJson() has no estimate in drbdsetup's way when nothing moves", () => {
  const answer = peerDevice(DEVICE("size:8"), PEER_DEVICE("done:0.00 out-of-sync:8 dbdt1:-0.50 eta:nan"));
  assert.equal(answer["estimated-seconds-to-finish"], 987654321);
  assert.equal(answer["db1/dt1 [MiB/s]"], -0.5);
});

Deno.test("resourceToJson() does not divide by a size that is not there", () => {
  for (const device of [DEVICE("size:0"), DEVICE(""), "exists device name:r volume:1 disk:Diskless"]) {
    assert.equal("percent-in-sync" in peerDevice(device, PEER_DEVICE("out-of-sync:8")), false);
  }
  assert.equal("percent-in-sync" in peerDevice(DEVICE("size:9"), PEER_DEVICE("")), false);
});

Deno.test("resourceToJson() keeps names that JSON has to quote", () => {
  const answer = answerOf(RESOURCE, CONNECTION.replace("conn-name:beta", 'conn-name:"b\\'));
  assert.equal(first(answer, "connections")["name"], '"b\\');
});
