import assert from "node:assert/strict";
import { delayMs, delayParts, type DelayPolicy } from "./promotion_delay.ts";
import type { View } from "../view.ts";

const VIEW: View = {
  role: "Secondary",
  mayPromote: true,
  quorum: true,
  primaryPeer: undefined,
  primaryPeers: [],
  isMissingPeers: false,
  disks: ["UpToDate"],
  lostVolumes: [],
  upToDateElsewhere: [],
  upToDatePeers: [],
  isServing: true,
  connected: [],
  disconnected: [],
};
const POLICY: DelayPolicy = {
  preferredNodes: [],
  fencingPromoteDelayS: 5,
  onQuorumLoss: "shutdown",
  sleepBeforePromoteFactor: 1,
};

const CASES: {
  name: string;
  view?: Partial<View>;
  policy?: Partial<DelayPolicy>;
  protection?: "quorum" | "fencing";
  wantMs: number;
}[] = [
  { name: "nothing when all is well", wantMs: 0 },
  { name: "nothing when no device is known", view: { disks: [] }, wantMs: 0 },
  ...(["Diskless", "Attaching", "Detaching", "Failed", "Negotiating", "DUnknown"] as const)
    .map((disk) => ({ name: `6 s for ${disk}`, view: { disks: [disk] }, wantMs: 6000 })),
  { name: "6 s for a disk state that is not known", view: { disks: ["Sleepy"] }, wantMs: 6000 },
  { name: "3 s for Inconsistent", view: { disks: ["Inconsistent"] }, wantMs: 3000 },
  { name: "2 s for Outdated", view: { disks: ["Outdated"] }, wantMs: 2000 },
  { name: "1 s for Consistent", view: { disks: ["Consistent"] }, wantMs: 1000 },
  {
    name: "the worst of several disks",
    view: { disks: ["UpToDate", "Outdated", "Consistent"] },
    wantMs: 2000,
  },
  { name: "nothing for the best node", policy: { preferredNodes: ["alpha", "beta"] }, wantMs: 0 },
  { name: "the place among preferred nodes", policy: { preferredNodes: ["x", "y", "alpha"] }, wantMs: 2000 },
  {
    name: "the length of the list for a node not in it",
    policy: { preferredNodes: ["x", "y", "z"] },
    wantMs: 3000,
  },
  {
    name: "5 s when fencing and a peer is away",
    view: { isMissingPeers: true },
    protection: "fencing",
    wantMs: 5000,
  },
  {
    name: "the configured time when fencing and a peer is away",
    view: { isMissingPeers: true },
    policy: { fencingPromoteDelayS: 7 },
    protection: "fencing",
    wantMs: 7000,
  },
  { name: "nothing when fencing and all peers are there", protection: "fencing", wantMs: 0 },
  { name: "nothing for a missing peer with quorum", view: { isMissingPeers: true }, wantMs: 0 },
  { name: "2 s for a Secondary when Primaries freeze", policy: { onQuorumLoss: "freeze" }, wantMs: 2000 },
  {
    name: "nothing for a Primary when Primaries freeze",
    view: { role: "Primary" },
    policy: { onQuorumLoss: "freeze" },
    wantMs: 0,
  },
  {
    name: "2 s for a Secondary when Primaries freeze, with fencing, too",
    policy: { onQuorumLoss: "freeze" },
    protection: "fencing",
    wantMs: 2000,
  },
  {
    name: "the sum of all, times the factor",
    view: { disks: ["Outdated"] },
    policy: { preferredNodes: ["x"], onQuorumLoss: "freeze", sleepBeforePromoteFactor: 3 },
    wantMs: 15_000,
  },
  {
    name: "nothing at factor 0",
    view: { disks: ["Diskless"] },
    policy: { sleepBeforePromoteFactor: 0 },
    wantMs: 0,
  },
];

for (const { name, view, policy, protection = "quorum", wantMs } of CASES) {
  Deno.test(`delayMs() is ${name}`, () => {
    const used = { ...POLICY, ...policy };
    assert.equal(delayMs(delayParts({ ...VIEW, ...view }, used, protection, "alpha"), used), wantMs);
  });
}
