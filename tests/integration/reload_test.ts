/** Reloads and the start as systemd sees them, of the compiled daemon under its own unit. */
import assert from "node:assert/strict";
import { DRBDD, nodeTest } from "./promoter/node.ts";

const PROMETHEUS = '[[prometheus]]\naddress = "127.0.0.1:9942"\n';
const BROKEN = `${PROMETHEUS}[[promoter]]\n[promoter.resources.web]\nrunner = "sytemd"\n`;

nodeTest(
  "a broken configuration fails the reload, and is seen in the status, by drbddctl and in a metric until it is fixed",
  { config: PROMETHEUS, resources: ["web"] },
  async (node) => {
    const reload = () => node.box.run(["systemctl", "reload", DRBDD]);
    const text = async () =>
      (await node.box.output(["systemctl", "show", "--property=StatusText,ActiveState", DRBDD])).trim();
    const status = async () => (await node.box.run(["drbdd", "ctl", "status"])).stdout;
    const metric = async () => {
      const script = "exec 3<>/dev/tcp/127.0.0.1/9942; " +
        "printf 'GET /metrics HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3";
      const answer = await node.box.output(["bash", "-c", script]);
      return /^drbdd_config_last_reload_successful (\d)$/m.exec(answer)?.[1];
    };
    // The reload has ended when its result is noted; the line of status comes right after that.
    const says = (pattern: RegExp) =>
      node.box.waitFor(`a status like ${pattern}`, async () => pattern.test(await text()));
    // What shows the state is loaded after the unit is ready.
    await node.said(/Serving metrics at/);
    assert.equal(await metric(), "1");

    await node.configure(BROKEN);
    assert.notEqual((await reload()).code, 0);
    await says(/CONFIGURATION NOT RELOADED \(1 error\)[^]*ActiveState=active/);
    assert.match(await status(), /Configuration not reloaded[^]*test\.toml:\d+:\d+: /);
    assert.equal(await metric(), "0");
    await node.said(/test\.toml:\d+:\d+: .*sytemd/);

    await node.configure(PROMETHEUS);
    assert.equal((await reload()).code, 0);
    await says(/StatusText=(?!.*NOT RELOADED)/);
    assert.doesNotMatch(await status(), /not reloaded/);
    assert.equal(await metric(), "1");
  },
);

nodeTest(
  "without drbdsetup the unit is ready within 15 s, says what is missing, and gets the state when that is there",
  { resources: ["web"], isStarted: false },
  async (node) => {
    const path = (await node.box.output(["sh", "-c", "command -v drbdsetup"])).trim();
    await node.box.output(["mv", path, "/root/drbdsetup"]);
    const uptime = async () => Number((await node.box.output(["cut", "-d ", "-f1", "/proc/uptime"])).trim());
    const beganS = await uptime();
    assert.equal((await node.box.systemctl("start", DRBDD)).code, 0);
    assert.ok(await uptime() - beganS <= 15);
    const text = () => node.box.output(["systemctl", "show", "--property=StatusText", DRBDD]);
    assert.match(await text(), /StatusText=The state of DRBD is unknown: .*drbdsetup.*not found/);
    await node.box.output(["mv", "/root/drbdsetup", path]);
    await node.box.waitFor("the state", async () => /StatusText=1 resource/.test(await text()));
    const said = (await node.log()).filter((line) => line.startsWith("drbdsetup events2 is not running"));
    assert.equal(said.length, 1, said.join("\n"));
  },
);
