/** What the promoter reads from a resource, with two volumes and two peers: one of several must never stand for all. */
import assert from "node:assert/strict";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import { DUMP_END, line, type Values } from "../../../tests/support/core/events2_text.ts";
import { take } from "../../../tests/support/core/take_lines.ts";
import { type View, viewOf } from "./view.ts";

type Peer = "beta" | "gamma";
const NODE_IDS = { beta: 1, gamma: 2 };

function resource(values: Values): string {
  return line("exists", "resource", { name: "web", may_promote: "no", ...values });
}

function connection(peer: Peer, values: Values = {}): string {
  return line("exists", "connection", { "peer-node-id": NODE_IDS[peer], "conn-name": peer, ...values });
}

function device(volume: number, values: Values = {}): string {
  return line("exists", "device", { volume, minor: 1000 + volume, blocked: "no", ...values });
}

function peerDevice(peer: Peer, volume: number, values: Values = {}): string {
  return line("exists", "peer-device", {
    "peer-node-id": NODE_IDS[peer],
    "conn-name": peer,
    volume,
    ...values,
  });
}

/** All is well: two volumes, UpToDate here and on both peers, Secondary everywhere. */
const WELL = [
  resource({}),
  connection("beta"),
  connection("gamma"),
  device(0),
  device(1),
  ...[0, 1].flatMap((volume) => [peerDevice("beta", volume), peerDevice("gamma", volume)]),
];

/** The view when lines of the same objects are printed with other values. */
function viewWith(...changed: string[]): View {
  const stream = new EventStream();
  take(stream, ...WELL, DUMP_END, ...changed.map((text) => text.replace(/^exists/, "change")));
  const seen = stream.cluster().get("web");
  assert.ok(seen);
  return viewOf(seen);
}

Deno.test("viewOf() of a resource that is well", () => {
  assert.deepEqual(viewWith(), {
    role: "Secondary",
    mayPromote: false,
    quorum: true,
    primaryPeer: undefined,
    primaryPeers: [],
    connected: ["beta", "gamma"],
    disconnected: [],
    isMissingPeers: false,
    disks: ["UpToDate", "UpToDate"],
    lostVolumes: [],
    upToDateElsewhere: [0, 1],
    upToDatePeers: ["beta", "gamma"],
    isServing: true,
  });
});

const outdated = { "peer-disk": "Outdated" };

for (
  const { name, lines, want } of [
    { name: "is Primary, or may be", lines: [resource({ role: "Primary" })], want: { role: "Primary" } },
    { name: "may be promoted", lines: [resource({ may_promote: "yes" })], want: { mayPromote: true } },
    {
      name: "has quorum for its first volume only",
      lines: [device(1, { quorum: "no" })],
      want: { quorum: false, isServing: false },
    },
    {
      name: "has quorum for its second volume only",
      lines: [device(0, { quorum: "no" })],
      want: { quorum: false, isServing: false },
    },
    {
      name: "is Primary on the second of its peers",
      lines: [connection("gamma", { role: "Primary" })],
      want: { primaryPeer: "gamma", primaryPeers: ["gamma"] },
    },
    {
      name: "is Primary on both of its peers",
      lines: [connection("gamma", { role: "Primary" }), connection("beta", { role: "Primary" })],
      want: { primaryPeer: "beta", primaryPeers: ["beta", "gamma"] },
    },
    {
      name: "lacks the second of its peers",
      lines: [connection("gamma", { connection: "Connecting", role: "Unknown" })],
      want: { isMissingPeers: true, upToDatePeers: ["beta"], connected: ["beta"], disconnected: ["gamma"] },
    },
    {
      name: "has one volume of two UpToDate on a peer",
      lines: [peerDevice("beta", 1, outdated)],
      want: { upToDatePeers: ["gamma"] },
    },
    {
      name: "has its other volume UpToDate on a peer",
      lines: [peerDevice("beta", 0, outdated)],
      want: { upToDatePeers: ["gamma"] },
    },
    {
      name: "has each volume on another peer",
      lines: [peerDevice("beta", 0, outdated), peerDevice("gamma", 1, outdated)],
      want: { upToDatePeers: [], upToDateElsewhere: [0, 1] },
    },
    {
      name: "has one volume nowhere else",
      lines: [peerDevice("beta", 1, outdated), peerDevice("gamma", 1, outdated)],
      want: { upToDatePeers: [], upToDateElsewhere: [0] },
    },
    {
      name: "lost the disk of a volume that peers have",
      lines: [device(1, { disk: "Diskless" })],
      want: { disks: ["UpToDate", "Diskless"], lostVolumes: [1] },
    },
    {
      name: "lost the disk of a volume that nobody else has",
      lines: [
        device(1, { disk: "Failed" }),
        peerDevice("beta", 1, outdated),
        peerDevice("gamma", 1, outdated),
      ],
      want: {
        disks: ["UpToDate", "Failed"],
        lostVolumes: [1],
        upToDateElsewhere: [0],
        upToDatePeers: [],
        isServing: false,
      },
    },
    {
      name: "has no disk here on purpose",
      lines: [device(0, { disk: "Diskless", client: "yes" }), device(1, { disk: "Diskless", client: "yes" })],
      want: { disks: ["Diskless", "Diskless"] },
    },
    {
      name: "has its I/O suspended",
      lines: [resource({ suspended: "user" })],
      want: { isServing: false },
    },
    {
      name: "was demoted by force",
      lines: [resource({ "force-io-failures": "yes" })],
      want: { isServing: false },
    },
  ] satisfies { name: string; lines: string[]; want: Partial<View> }[]
) {
  Deno.test(`viewOf() of a resource that ${name}`, () => {
    assert.deepEqual(viewWith(...lines), { ...viewWith(), ...want });
  });
}

Deno.test("viewOf(): a resource without volumes has no UpToDate peer, one with a single volume may have", () => {
  const peers = (...volumes: string[]) => {
    const stream = new EventStream();
    take(stream, resource({}), connection("beta"), ...volumes, DUMP_END);
    const seen = stream.cluster().get("web");
    assert.ok(seen);
    return viewOf(seen).upToDatePeers;
  };
  assert.deepEqual(peers(), []);
  assert.deepEqual(peers(device(0), peerDevice("beta", 0)), ["beta"]);
});
