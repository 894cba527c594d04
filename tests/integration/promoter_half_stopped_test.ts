/** The promoter on a real systemd: what an earlier stop has left is found by a drbdd that begins. */
import assert from "node:assert/strict";
import { DRBDD, nodeTest, noting, promotable, secondary, withQuorum } from "./promoter/node.ts";

const MOUNT = "[Mount]\nWhat=tmpfs\nWhere=/srv/x\nType=tmpfs\n";
const OPTIONS = {
  config: '[[promoter]]\n[promoter.resources.web]\nstart = ["srv-x.mount", "b.service"]\n',
  resources: ["web"],
  files: { ...noting("b"), "/etc/systemd/system/srv-x.mount": MOUNT },
};

nodeTest(
  "a mount that is busy after a forced demotion is stopped by a drbdd that is restarted, before anything is started",
  OPTIONS,
  async (node) => {
    await node.run("web");
    await node.box.output([
      "systemd-run",
      "--quiet",
      "--unit=shell",
      "sh",
      "-c",
      "cd /srv/x && exec sleep 1000",
    ]);
    await node.box.waitFor(
      "somebody in the mount",
      async () =>
        (await node.box.output(["sh", "-c", "ls -l /proc/[0-9]*/cwd | grep -c /srv/x || true"])).trim() !==
          "0",
    );
    await node.print(withQuorum("web", "no"));
    await node.said("web: stop failed");
    await node.print(secondary("web"));
    // What is not unmounted goes on; the resource is Secondary for good.
    await node.nextDump({ web: { role: "Secondary", may_promote: "no" } });
    const place = (await node.log()).length;
    await node.box.output(["systemctl", "restart", DRBDD]);
    const after = await node.said("web: stop: an earlier stop has left something behind", place);
    await node.said(/web: stop failed: .*srv-x\.mount/, after);
    await node.drbd.forget();
    await node.print(promotable("web"));
    await node.pass(1_000);
    assert.deepEqual(await node.story(), [], "it starts services on a mount that is left");
    await node.box.output(["systemctl", "stop", "shell.service"]);
    await node.said("web: stop: done", after);
    await node.said("web: start: done", after);
    assert.equal(await node.box.property("srv-x.mount", "ActiveState"), "active");
  },
);
