import assert from "node:assert/strict";
import { ago, amount, clock, duration, list, percent } from "./format.js";
import type { Update } from "./types.ts";
import { briefly } from "./wording.js";

Deno.test("amount() has three digits at the most", () => {
  const amounts: [number, string][] = [
    [0, "0 KiB"],
    [4, "4 KiB"],
    [999, "999 KiB"],
    [1000, "0.98 MiB"],
    [1536, "1.50 MiB"],
    [10 * 1024, "10 MiB"],
    [10.5 * 1024, "10.5 MiB"],
    [1024 ** 2 * 512, "512 GiB"],
    [1024 ** 3 * 2, "2 TiB"],
    [2 ** 60, "1024 EiB"],
  ];
  for (const [kib, want] of amounts) assert.equal(amount(kib), want);
});

Deno.test("duration() is short, and empty where nothing is known", () => {
  const durations: [number | undefined, string][] = [
    [undefined, ""],
    [987654321, ""],
    [0, "0 s"],
    [59, "59 s"],
    [90, "2 min"],
    [3599, "1 h 0 min"],
    [7260, "2 h 1 min"],
    [86400 * 3, "3 days"],
  ];
  for (const [seconds, want] of durations) assert.equal(duration(seconds), want);
});

Deno.test("percent() does not call complete what is not", () => {
  const shares: [number, string][] = [[0, "0.0 %"], [47.67, "47.6 %"], [99.99, "99.9 %"], [100, "100.0 %"]];
  for (const [share, want] of shares) assert.equal(percent(share), want);
});

Deno.test("list() reads like a sentence", () => {
  assert.deepEqual([[], [1], [1, 2], [1, 2, 3]].map(list), ["", "1", "1 and 2", "1, 2 and 3"]);
});

Deno.test("clock() has the date when it is another day", () => {
  const now = new Date(2026, 10, 23, 15, 0, 0);
  assert.equal(clock(new Date(2026, 10, 23, 3, 4, 5), now), "03:04:05");
  assert.equal(clock(new Date(2026, 10, 22, 3, 4, 5), now), "2026-11-22 03:04:05");
});

const base = { time: "2026-01-01T00:00:00Z", name: "web" };
const UPDATES: [Omit<Update, "time" | "name">, string][] = [
  [{ kind: "resource", type: "change", text: "web: role Secondary -> Primary" }, "role Secondary -> Primary"],
  [{ kind: "resource", type: "create", text: "web: create, role Secondary" }, "came up"],
  [{ kind: "resource", type: "destroy", text: "web: destroyed" }, "went down"],
  [{ kind: "resource", type: "rename", text: "web renamed to shop" }, "renamed to shop"],
  [
    { kind: "device", type: "change", volume: 1, text: "web device volume 1: disk-state UpToDate -> Failed" },
    "volume 1: disk-state UpToDate -> Failed",
  ],
  [
    {
      kind: "connection",
      type: "change",
      "peer-node-id": 2,
      text: "web connection peer-node-id 2: x A -> B",
    },
    "peer2: x A -> B",
  ],
  [
    {
      kind: "peer-device",
      type: "destroy",
      "peer-node-id": 2,
      volume: 0,
      text: "web peer-device ...: destroyed",
    },
    "peer2 volume 0: removed",
  ],
  [
    {
      ...{
        kind: "path",
        type: "change",
        "peer-node-id": 2,
        local: "ipv4:10.0.0.1:7000",
        peer: "ipv6:[::1]:7000",
      },
      text: "web path peer-node-id 2, local ipv4:10.0.0.1:7000, peer ipv6:[::1]:7000: established yes -> no",
    },
    "path to peer2: established yes -> no",
  ],
  [
    { kind: "helper", type: "call", helper: "quorum-lost", volume: 0, text: "" },
    "calls helper quorum-lost for volume 0",
  ],
  [
    { kind: "helper", type: "response", helper: "fence-peer", "peer-node-id": 1, status: 1792, text: "" },
    "helper fence-peer for peer1 answers 7",
  ],
  [{ kind: "helper", type: "response", helper: "x", status: 9, text: "" }, "helper x answers status 9"],
];
for (const [update, want] of UPDATES) {
  Deno.test(`briefly() says "${want}"`, () => {
    assert.equal(briefly({ ...base, ...update }, (peerNodeId: number) => `peer${peerNodeId}`), want);
  });
}

Deno.test("ago() is in whole seconds, and never in the future", () => {
  assert.deepEqual([-5, 0, 1_999, 90_000].map(ago), ["0 s ago", "0 s ago", "1 s ago", "2 min ago"]);
});
