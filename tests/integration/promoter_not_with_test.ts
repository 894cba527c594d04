/** Resources that are not to share a node, on a real systemd. */
import assert from "node:assert/strict";
import { line } from "../support/core/events2_text.ts";
import { type Node, nodeTest, noting, promotable } from "./promoter/node.ts";

const CONFIG = `[[promoter]]
[promoter.resources.db]
start = ["a.service"]
not-with = ["web"]
[promoter.resources.web]
start = ["b.service"]
not-with = ["db"]
`;

/** Milliseconds from a deed to another one. */
async function between(node: Node, first: string, second: string): Promise<number> {
  return await node.began(second) - await node.began(first);
}

nodeTest(
  "two that are not to share a node: the second start is left to a peer for 15 s, which then gets one of them",
  { config: CONFIG, resources: ["db", "web"], files: { ...noting("a"), ...noting("b") } },
  async (node) => {
    // Both may be promoted at the same moment, and the peer could take each.
    await node.print(promotable("db"), promotable("web"));
    await node.said("db: start: DRBD may promote here");
    await node.said(/web: wait 15(\.\d)? s: db runs here \(not-with\)/);
    await node.said("web: start: DRBD may promote here");
    await node.said("web: start: done");
    const pausedMs = await between(node, "start a", "start b");
    assert.ok(pausedMs >= 14_000, `${pausedMs} ms`);
    // Better both here than one nowhere; as the peer is there, the one that does not come first by name goes.
    await node.said("web: stop: db runs here, too (not-with), and beta is UpToDate");
    await node.said("web: stop: done");
    await node.print(line("change", "connection", { name: "web", role: "Primary" }));
    await node.pass(2_000);
    assert.equal(await node.states("a.service", "b.service"), "active inactive");
  },
);
