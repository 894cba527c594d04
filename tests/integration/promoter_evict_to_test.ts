/** drbddctl evict --to on a real systemd, with a stand-in for ssh: two peers, of which it holds one back. */
import assert from "node:assert/strict";
import { DEADLINE_MS } from "../support/processes/deadline.ts";
import { line } from "../support/core/events2_text.ts";
import { type Node, type NodeOptions, nodeTest, noting, promotable, secondary } from "./promoter/node.ts";

const NOTE = "/usr/lib/drbdd-standin/note";
const GAMMA = { name: "web", "conn-name": "gamma", "peer-node-id": 2 };

/** Notes who is put on hold, and whose hold is ended. A node with a file /NODE.down does not answer. */
const SSH = `#!/bin/sh
while [ "$1" = -o ]; do shift 2; done
node=\${1#*@}
[ -e "/$node.down" ] && { echo "ssh: connect to host $node: No route to host" >&2; exit 255; }
case "$*" in
  *"drbddctl --local unhold --reason"*" web") exec ${NOTE} unhold "$node" ;;
  *"drbddctl --local hold --for "*" web") exec ${NOTE} hold "$node" ;;
esac
echo "unexpected: $*" >&2
exit 1
`;

const OPTIONS: NodeOptions = {
  config: '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n',
  resources: ["web"],
  files: {
    ...noting("a"),
    "/usr/bin/ssh": { text: SSH, mode: 0o755 },
    "/etc/contexts/drbddctl/default.toml": '[nodes.beta]\n[nodes.gamma]\nhostname = "gamma"\n',
  },
};

const STOPS = ["stop a", "secondary-secondary-force web"];

/** What DRBD prints when a peer was promoted after the demotion here. */
const takenOverBy = (peer: "beta" | "gamma") =>
  [
    secondary("web"),
    line("change", "resource", { name: "web", role: "Secondary", may_promote: "no" }),
    line("change", "connection", { ...(peer === "gamma" ? GAMMA : { name: "web" }), role: "Primary" }),
  ].map((each) => `${each}\n`).join("");

/** Runs it. Returns its exit code and all that it said. */
async function evict(node: Node, ...args: string[]): Promise<[number | undefined, string]> {
  const argv = ["env", "XDG_CONFIG_HOME=/etc/contexts", "/usr/sbin/drbdd", "ctl", "evict", ...args];
  const { code, stdout, stderr } = await node.box.run(argv, { timeoutMs: DEADLINE_MS });
  return [code ?? undefined, stdout + stderr];
}

function evictTest(name: string, fn: (node: Node) => Promise<void>): void {
  nodeTest(`evict --to ${name}`, OPTIONS, async (node) => {
    await node.print(line("create", "connection", GAMMA), line("create", "peer-device", GAMMA));
    await node.print(promotable("web"));
    await node.said("web: start: done");
    await node.drbd.forget();
    await fn(node);
  });
}

evictTest(
  "puts the resource on hold on the other peer before services stop here, and ends that hold before this node may start again",
  async (node) => {
    await node.drbd.announce("web", "secondary", takenOverBy("gamma"));
    await node.drbd.refuse("web", "primary");
    const [code, said] = await evict(node, "--to", "gamma", "web");
    assert.equal(code, 0, said);
    assert.match(said, /web: gamma took over, \d+ s after the eviction began\n/);
    await node.didOnceUnmasked("hold beta", ...STOPS, "unhold beta");
    assert.equal(await node.states("a.service"), "inactive");
    assert.equal(await node.box.property("drbd-services@web.target", "LoadState"), "loaded");
  },
);

evictTest("says that another node took over, with exit code 1", async (node) => {
  await node.drbd.announce("web", "secondary", takenOverBy("beta"));
  await node.drbd.refuse("web", "primary");
  const [code, said] = await evict(node, "--to", "gamma", "web");
  assert.equal(code, 1, said);
  assert.match(said, /web: beta took over, not gamma, \d+ s after /);
  await node.didOnceUnmasked("hold beta", ...STOPS, "unhold beta");
});

evictTest("starts services here again where the peer does not take over", async (node) => {
  const [code, said] = await evict(node, "--to", "gamma", "--delay", "1", "web");
  assert.equal(code, 1, said);
  assert.match(said, /web: gamma did not take over within 1 s; it is started here again\n/);
  await node.does("hold beta", ...STOPS, "unhold beta", "primary web", "start a");
  await node.said("web: look: somebody else made the resource Primary here");
  assert.doesNotMatch((await node.log()).join("\n"), /did not promote it/);
});

evictTest("stops nothing where the other peer cannot be asked", async (node) => {
  await node.box.writeFile("/beta.down", "");
  const [code, said] = await evict(node, "--to", "gamma", "web");
  assert.equal(code, 1, said);
  assert.match(said, /web: not evicted: beta cannot be asked to put it on hold: ssh: .*No route to host\n/);
  assert.deepEqual(await node.story(), []);
  assert.equal(await node.states("a.service"), "active");
});
