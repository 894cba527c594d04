import assert from "node:assert/strict";
import { readConnection, readDevice, readPath, readPeerDevice, readResource } from "./resource_fields.ts";

interface Row {
  readonly name: string;
  readonly read: (text: string) => unknown;
  readonly text: string;
  readonly want: unknown;
}

const ROWS: Row[] = [
  {
    name: "readResource() says all of a resource",
    read: readResource,
    text: "role:Primary suspended:user,quorum force-io-failures:yes write-ordering:drain may_promote:no " +
      "promotion_score:10102",
    want: {
      role: "Primary",
      suspended: ["user", "quorum"],
      forceIoFailures: true,
      writeOrdering: "drain",
      mayPromote: false,
      promotionScore: 10102,
    },
  },
  {
    name: "readResource() says what is there only",
    read: readResource,
    text: "role:Secondary",
    want: { role: "Secondary" },
  },
  {
    name: "readResource() keeps unknown words",
    read: readResource,
    text: "role:Tertiary suspended:moon write-ordering:chaos",
    want: { role: "Tertiary", suspended: ["moon"], writeOrdering: "chaos" },
  },
  {
    name: "readResource() does not say what makes no sense",
    read: readResource,
    text: "force-io-failures:perhaps may_promote: promotion_score:-1",
    want: { forceIoFailures: undefined, mayPromote: undefined, promotionScore: undefined },
  },
  {
    name: "readResource() does not say a score that no number holds",
    read: readResource,
    text: "promotion_score:18446744073709551615",
    want: { promotionScore: undefined },
  },
  {
    name: "readDevice() says all of a device",
    read: readDevice,
    text: "minor:7 backing_dev:/dev/a b disk:Failed client:no open:unknown quorum:no size:4",
    want: {
      minor: 7,
      backingDev: "/dev/a b",
      diskState: "Failed",
      client: "no",
      open: "unknown",
      quorum: false,
      sizeKib: 4,
    },
  },
  {
    name: "readDevice() returns null for a size that the kernel did not report",
    read: readDevice,
    text: "size:9223372036854775807",
    want: { sizeKib: undefined },
  },
  {
    name: "readDevice() says nothing of a size that is not there",
    read: readDevice,
    text: "minor:1",
    want: { minor: 1 },
  },
  {
    name: "readDevice() reads a size beyond 2^53 exactly",
    read: readDevice,
    text: "size:9007199254740993",
    want: { sizeKib: 9007199254740993n },
  },
  {
    name: "readConnection() says all of a connection",
    read: readConnection,
    text: "conn-name:a:b connection:TearDown role:Unknown congested:yes",
    want: { connName: "a:b", connectionState: "TearDown", peerRole: "Unknown", congested: true },
  },
  {
    name: "readConnection() says that the name is empty",
    read: readConnection,
    text: "conn-name: connection:?",
    want: { connName: "", connectionState: "?" },
  },
  {
    name: "readPeerDevice() says all of a peer-device",
    read: readPeerDevice,
    text: "replication:PausedSyncT peer-disk:DUnknown peer-client:yes resync-suspended:user,max-parallel",
    want: {
      replicationState: "PausedSyncT",
      peerDiskState: "DUnknown",
      peerClient: "yes",
      resyncSuspended: ["user", "max-parallel"],
    },
  },
  {
    name: "readPath() says all of a path",
    read: readPath,
    text: "established:no",
    want: { established: false },
  },
  {
    name: "readPath() does not say what makes no sense",
    read: readPath,
    text: "established:?",
    want: { established: undefined },
  },
];

for (const { name, read, text, want } of ROWS) {
  Deno.test(name, () => assert.deepEqual(read(text), want));
}

for (const read of [readResource, readDevice, readConnection, readPeerDevice, readPath]) {
  Deno.test(`${read.name}() says nothing of nothing, and nothing of keys of others`, () => {
    assert.deepEqual(read(""), {});
    assert.deepEqual(read("name:web volume:0 read:1 what:ever"), {});
  });
}
