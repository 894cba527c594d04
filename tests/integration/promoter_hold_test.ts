/** Resources on hold, on a real systemd, with the compiled drbdd in its sandbox. */
import assert from "node:assert/strict";
import { DRBDD, type Node, nodeTest, noting, promotable, withQuorum } from "./promoter/node.ts";

const NOTE = "/usr/lib/drbdd-standin/note";
/** Long enough for a start or a stop to begin, if one were due. */
const WATCH_MS = 3_000;

const RUNNERS = {
  systemd: 'start = ["a.service"]\nstop-services-on-exit = true\n',
  shell: `runner = "shell"
start = ["drbdadm primary web", "${NOTE} start a"]
stop = ["${NOTE} stop a", "drbdadm secondary web"]
stop-services-on-exit = true
`,
};

const PRIMARY = { web: { role: "Primary", may_promote: "no" } };
const ON_HOLD = "web: on hold here: drbdd starts no services, and stops them only if they cannot continue";

async function ctl(node: Node, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await node.box.run(["/usr/sbin/drbdd", "ctl", ...args]);
  assert.equal(code, 0, stdout + stderr);
  return stdout + stderr;
}

for (const runner of ["systemd", "shell"] as const) {
  for (const sandbox of ["ordinary", "minimal"] as const) {
    nodeTest(
      `a hold keeps services from being started and stopped, outlives drbdd, and lost quorum stops them, with the ${runner} runner and the ${sandbox} sandbox`,
      {
        config: `[[promoter]]\n[promoter.resources.web]\n${RUNNERS[runner]}`,
        resources: ["web"],
        files: {
          ...noting("a"),
          ...(sandbox === "minimal"
            ? { "/etc/drbdd.toml": 'snippets = "/etc/drbdd.d"\nsandbox = "minimal"\n' }
            : {}),
        },
      },
      async (node) => {
        assert.ok((await ctl(node, "hold", "--reason", "new disks", "web")).includes(ON_HOLD));
        await node.said("web: on hold since ");
        await node.print(promotable("web"));
        await node.said("web: wait: the resource is on hold");
        await node.pass(WATCH_MS);
        assert.deepEqual(await node.story(), []);
        await ctl(node, "unhold", "web");
        await node.said("web: start: done");
        await node.drbd.forget();

        await ctl(node, "hold", "web");
        await node.nextDump(PRIMARY);
        const place = (await node.log()).length;
        await node.box.output(["systemctl", "restart", DRBDD]);
        const found = await node.said("web: found running", place);
        await node.said("web: on hold since ", place);
        await node.pass(WATCH_MS);
        assert.deepEqual(await node.story(), []);
        const { stdout } = await node.box.run(["/usr/sbin/drbdd", "ctl", "explain", "web"]);
        assert.match(stdout, /; on hold since /);

        await node.print(withQuorum("web", "no"));
        await node.said("web: stop: quorum is lost", found);
        await node.said("web: stop: done", found);
        const story = runner === "shell" ? ["stop a"] : ["stop a", "secondary-secondary-force web"];
        await node.does(...story);
        await node.pass(WATCH_MS);
        assert.deepEqual(await node.story(), story);
        assert.equal(await node.drbd.role("web"), "Secondary");
        await ctl(node, "unhold");
      },
    );
  }
}

nodeTest(
  "a hold ends with the node's boot, and by itself after its time",
  {
    config: `[[promoter]]\n[promoter.resources.web]\n${RUNNERS.systemd}`,
    resources: ["web"],
    files: noting("a"),
  },
  async (node) => {
    // What is in /run does not outlive a boot.
    await ctl(node, "hold", "web");
    const path = (await node.box.output(["find", "/run/drbdd/hold", "-type", "f"])).trim();
    assert.equal(path, "/run/drbdd/hold/web");
    assert.match(await node.box.output(["stat", "--file-system", "--format=%T", "/run"]), /tmpfs/);
    await ctl(node, "unhold", "web");
    await ctl(node, "hold", "--for", "3", "web");
    await node.print(promotable("web"));
    await node.said("web: wait: the resource is on hold");
    await node.said("web: start: done");
    assert.equal((await node.box.run(["test", "-e", path])).code, 1);
  },
);
