import assert from "node:assert/strict";
import { type Promotion, promotion, type PromotionDevice, type PromotionInput } from "./promotion.ts";
import type { DiskState } from "../kernel/states.ts";

function device(disk: DiskState, ...peers: readonly DiskState[]): PromotionDevice {
  return { disk, quorum: true, peers: peers.map((peerDisk) => ({ peerDisk, stable: true })) };
}

interface Row extends Partial<PromotionInput> {
  readonly name: string;
  readonly devices: readonly PromotionDevice[];
  readonly want: Promotion;
}

const NO: Promotion = { mayPromote: false, score: 0 };
const good = device("UpToDate", "UpToDate", "UpToDate");

const ROWS: readonly Row[] = [
  { name: "three good replicas", devices: [good], want: { mayPromote: true, score: 10_103 } },
  { name: "two volumes", devices: [good, good], want: { mayPromote: true, score: 10_203 } },
  {
    name: "the volume with fewest replicas",
    devices: [good, device("UpToDate", "DUnknown", "DUnknown")],
    want: { mayPromote: true, score: 10_201 },
  },
  { name: "no device", devices: [], want: NO },
  { name: "force-io-failures", forceIoFailures: true, devices: [good], want: NO },
  { name: "a device without quorum", devices: [good, { ...good, quorum: false }], want: NO },
  { name: "a Primary", hasPrimary: true, devices: [good], want: { mayPromote: false, score: 10_103 } },
  { name: "nobody UpToDate", devices: [device("Consistent", "Consistent")], want: NO },
  { name: "one volume with nobody UpToDate", devices: [good, device("Outdated", "DUnknown")], want: NO },
  {
    name: "an Outdated disk and a good peer",
    devices: [device("Outdated", "UpToDate")],
    want: { mayPromote: true, score: 1 },
  },
  {
    name: "a Consistent disk and a good peer",
    devices: [device("Consistent", "UpToDate")],
    want: { mayPromote: true, score: 10_001 },
  },
  {
    name: "an Inconsistent disk and a good peer",
    devices: [device("Inconsistent", "UpToDate")],
    want: { mayPromote: true, score: 10_001 },
  },
  {
    name: "a client with two good peers",
    devices: [device("Diskless", "UpToDate", "UpToDate")],
    want: { mayPromote: true, score: 2 },
  },
  { name: "a failed disk", devices: [device("Failed", "UpToDate")], want: { mayPromote: true, score: 1 } },
  {
    name: "a peer whose data are not stable",
    devices: [{ disk: "Outdated", quorum: true, peers: [{ peerDisk: "UpToDate", stable: false }] }],
    want: { mayPromote: false, score: 1 },
  },
  {
    name: "an own good disk beside a peer that is not stable",
    devices: [{ disk: "UpToDate", quorum: true, peers: [{ peerDisk: "UpToDate", stable: false }] }],
    want: { mayPromote: true, score: 10_102 },
  },
];

for (const { name, devices, forceIoFailures = false, hasPrimary = false, want } of ROWS) {
  Deno.test(`promotion() with ${name}`, () => {
    assert.deepEqual(promotion({ forceIoFailures, hasPrimary, devices }), want);
  });
}
