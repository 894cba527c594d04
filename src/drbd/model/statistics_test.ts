import assert from "node:assert/strict";
import type { Connection, Device, PeerDevice } from "./model.ts";
import { connectionStatistics, deviceStatistics, peerDeviceStatistics } from "./statistics.ts";

const device = (rawStatistics: string): Device => ({
  volume: 0,
  minor: 1,
  backingDev: undefined,
  diskState: "UpToDate",
  client: "no",
  open: "no",
  quorum: true,
  sizeKib: 1,
  blocked: [],
  rawStatistics,
});
const connection = (rawStatistics: string): Connection => ({
  peerNodeId: 1,
  connName: "beta",
  connectionState: "Connected",
  peerRole: "Secondary",
  congested: false,
  rawStatistics,
});
const peerDevice = (rawStatistics: string): PeerDevice => ({
  peerNodeId: 1,
  volume: 0,
  replicationState: "SyncTarget",
  peerDiskState: "UpToDate",
  peerClient: "no",
  resyncSuspended: [],
  rawStatistics,
});

Deno.test("deviceStatistics() reads all counters, exactly beyond 2^53", () => {
  const text = "read:9007199254740993 written:2 al-writes:3 bm-writes:4 upper-pending:5 lower-pending:6 " +
    "al-suspended:no";
  assert.deepEqual(deviceStatistics(device(text)), {
    readKib: 9007199254740993n,
    writtenKib: 2,
    alWrites: 3,
    bmWrites: 4,
    upperPending: 5,
    lowerPending: 6,
    alSuspended: false,
  });
  assert.equal(
    deviceStatistics(device(text.replace("al-suspended:no", "al-suspended:yes"))).alSuspended,
    true,
  );
});

const UNTOLD_DEVICE = {
  readKib: undefined,
  writtenKib: undefined,
  alWrites: undefined,
  bmWrites: undefined,
  upperPending: undefined,
  lowerPending: undefined,
  alSuspended: undefined,
};

Deno.test("deviceStatistics() takes what drbdsetup fills in for nothing emitted, the activity log's state too", () => {
  const text = "read:9223372036854775807 written:9223372036854775807 al-writes:18446744073709551615 " +
    "bm-writes:18446744073709551615 upper-pending:4294967295 lower-pending:4294967295 al-suspended:yes";
  assert.deepEqual(deviceStatistics(device(text)), UNTOLD_DEVICE);
});

Deno.test("deviceStatistics() of lines without statistics are untold", () => {
  assert.deepEqual(deviceStatistics(device("")), UNTOLD_DEVICE);
});

Deno.test("deviceStatistics() leaves out values that make no sense", () => {
  const { readKib, writtenKib, alSuspended } = deviceStatistics(device("read:-1 written:x al-suspended:?"));
  assert.deepEqual([readKib, writtenKib, alSuspended], [undefined, undefined, undefined]);
});

Deno.test("connectionStatistics() reads sectors in flight", () => {
  assert.deepEqual(connectionStatistics(connection("ap-in-flight:8 rs-in-flight:16")), {
    apInFlightSectors: 8,
    rsInFlightSectors: 16,
  });
});

Deno.test("connectionStatistics() of a kernel that sends none are untold", () => {
  assert.deepEqual(connectionStatistics(connection("")), {
    apInFlightSectors: undefined,
    rsInFlightSectors: undefined,
  });
});

const COUNTERS = "received:1 sent:2 out-of-sync:3 pending:4 unacked:5";

Deno.test("peerDeviceStatistics() reads all counters", () => {
  assert.deepEqual(peerDeviceStatistics(peerDevice(COUNTERS)), {
    receivedKib: 1,
    sentKib: 2,
    outOfSyncKib: 3,
    pending: 4,
    unacked: 5,
    progress: undefined,
  });
});

Deno.test("peerDeviceStatistics() takes what drbdsetup fills in for nothing emitted", () => {
  const text = "received:9223372036854775807 sent:9223372036854775807 out-of-sync:9223372036854775807 " +
    "pending:4294967295 unacked:4294967295";
  assert.deepEqual(peerDeviceStatistics(peerDevice(text)), {
    receivedKib: undefined,
    sentKib: undefined,
    outOfSyncKib: undefined,
    pending: undefined,
    unacked: undefined,
    progress: undefined,
  });
});

const PROGRESS: { name: string; text: string; want: unknown }[] = [
  {
    name: "of a resync",
    text: `done:55.56 ${COUNTERS} dbdt1:20.00 eta:11`,
    want: { donePercent: 55.56, rateMibPerS: 20, etaSeconds: 11 },
  },
  {
    name: "that stands still, without an end in sight",
    text: `done:0.00 ${COUNTERS} dbdt1:0.00 eta:nan`,
    want: { donePercent: 0, rateMibPerS: 0, etaSeconds: undefined },
  },
  {
    name: "below zero: more is out of sync than at its start",
    text: `done:-0.01 ${COUNTERS} dbdt1:0.00 eta:nan`,
    want: { donePercent: 0, rateMibPerS: 0, etaSeconds: undefined },
  },
  {
    name: "that goes backwards",
    text: `done:12.50 ${COUNTERS} dbdt1:-3.25 eta:nan`,
    want: { donePercent: 12.5, rateMibPerS: -3.25, etaSeconds: undefined },
  },
  {
    name: "without statistics",
    text: "done:100.00",
    want: { donePercent: 100, rateMibPerS: undefined, etaSeconds: undefined },
  },
  {
    name: "in the verbose block",
    text:
      `done:1.00 ${COUNTERS} rs-total:6 rs-paused-ms:-8 want:15.00 dbdt:16.00 dbdt0:17.00 dbdt1:18.00 eta:19`,
    want: { donePercent: 1, rateMibPerS: 18, etaSeconds: 19 },
  },
  { name: "that is none", text: COUNTERS, want: undefined },
  { name: "that makes no sense", text: `done:nan ${COUNTERS} dbdt1:20.00 eta:11`, want: undefined },
  { name: "whose percentage is cut off", text: `done:12. ${COUNTERS}`, want: undefined },
];

for (const { name, text, want } of PROGRESS) {
  Deno.test(`peerDeviceStatistics() returns a progress ${name}`, () => {
    assert.deepEqual(peerDeviceStatistics(peerDevice(text)).progress, want);
  });
}
