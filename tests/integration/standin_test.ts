/** The stand-ins for DRBD's programs answer as the originals do, as far as drbdd asks them. */
import assert from "node:assert/strict";
import { Container, CONTAINER_NEEDS } from "./container/container.ts";
import { drbdFiles } from "./drbd_units/install.ts";
import { StandIn } from "./drbd_units/standin.ts";
import { requires } from "./require.ts";

const DUMP = `exists resource name:web role:Secondary suspended:no
exists resource name:db role:Primary suspended:no
exists device name:web volume:0 minor:0 disk:UpToDate
exists -
`;

function test(name: string, fn: (box: Container, drbd: StandIn) => Promise<void>): void {
  Deno.test(requires(CONTAINER_NEEDS, {
    name: `stand-in: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await using box = await Container.start({ name: "alpha", files: await drbdFiles("9.22") });
      const drbd = new StandIn(box);
      await drbd.define("web", { lowerDevices: ["/dev/vg0/web", "none"], show: '[{"resource":"web"}]\n' });
      await drbd.appendEvents(DUMP);
      await fn(box, drbd);
    },
  }));
}

/** Listens in the background: its input is /run/in as it grows, its output in /run/out, its exit code in /run/code. */
async function listen(box: Container): Promise<void> {
  const script =
    "tail -n +1 -f /run/in | drbdsetup events2 --full --poll >/run/out 2>/run/err; echo $? >/run/code";
  await box.writeFile("/run/in", "");
  await box.output(["systemd-run", "--unit=listener", "bash", "-c", script]);
  await printed(box, DUMP);
}

async function printed(box: Container, text: string): Promise<void> {
  await box.waitFor("events2 printed it", async () => await box.readFile("/run/out") === text);
}

/** Only what events2 itself does ends it here: the pipe's other end is still open. */
async function ended(box: Container, code: number): Promise<void> {
  await box.waitFor("events2 is gone", async () => (await box.run(["pgrep", "-x", "drbdsetup"])).code === 1);
  await box.output(["pkill", "-x", "tail"]).catch(() => {}); // It ends by itself only when it has something to write.
  await box.waitFor("its exit code is written", async () => await box.readFile("/run/code") === `${code}\n`);
}

test("events2 prints the file as it grows, whole lines only", async (box, drbd) => {
  await listen(box);
  await drbd.appendEvents("change resource name:web role:Primary\nchange resou");
  await printed(box, `${DUMP}change resource name:web role:Primary\n`);
  await drbd.appendEvents("rce name:web role:Secondary\n");
  await printed(
    box,
    `${DUMP}change resource name:web role:Primary\nchange resource name:web role:Secondary\n`,
  );
});

test("events2 --poll takes n for a request and ends at another byte", async (box, drbd) => {
  await listen(box);
  await box.appendFile("/run/in", "n\nn\n");
  await drbd.appendEvents("change resource name:web role:Primary\n");
  await printed(box, `${DUMP}change resource name:web role:Primary\n`);
  await box.appendFile("/run/in", "q");
  await ended(box, 0);
});

test("events2 --poll ends at the end of its input", async (box) => {
  await listen(box);
  await box.output(["pkill", "-x", "tail"]);
  await box.waitFor("it ends", async () => await box.readFile("/run/code") === "0\n");
});

test("events2 is one process: killed, its output is closed", async (box) => {
  await listen(box);
  await box.output(["pkill", "-KILL", "-x", "drbdsetup"]);
  await ended(box, 137);
});

test("events2 ends when the test says so, and again at each start", async (box, drbd) => {
  await listen(box);
  await drbd.endEvents(20, "packets droped");
  await ended(box, 20);
  assert.equal(await box.readFile("/run/err"), "packets droped\n");
  const again = await box.run(["drbdsetup", "events2", "--full"]);
  assert.deepEqual(again, { code: 20, stdout: "", stderr: "packets droped\n" });
  await drbd.allowEvents();
  assert.equal((await box.run(["drbdsetup", "events2", "--full", "--poll"])).stdout, DUMP);
});

test("events2 --now prints what all resources, or one, have come to", async (box, drbd) => {
  await drbd.appendEvents("change resource name:web role:Primary\nchange resource name:new role:Secondary\n");
  await drbd.appendEvents("destroy resource name:new\n");
  const now = async (...resource: string[]) =>
    await box.output(["drbdsetup", "events2", "--now", ...resource]);
  assert.equal(await now(), DUMP.replace("name:web role:Secondary", "name:web role:Primary"));
  assert.equal(await now("db"), "exists resource name:db role:Primary suspended:no\nexists -\n");
  assert.equal(await now("we"), "exists -\n");
});

test("drbdsetup show prints what the test has set", async (box) => {
  assert.equal(await box.output(["drbdsetup", "show", "--json", "web"]), '[{"resource":"web"}]\n');
  assert.equal(await box.output(["drbdsetup", "show", "--json", "other"]), "[\n]\n");
  assert.equal(await box.output(["drbdsetup", "show", "--json"]), '[{"resource":"web"}]\n');
  await box.writeFile("/var/lib/standin/.hidden/show.json", '[{"resource":".hidden"}]\n');
  const all = JSON.parse(await box.output(["drbdsetup", "show", "--json", "--show-defaults"]));
  assert.deepEqual(all, [{ resource: ".hidden" }, { resource: "web" }]);
});

test("drbdadm answers for what is defined, and refuses the rest", async (box) => {
  assert.equal(await box.output(["drbdadm", "sh-ll-dev", "web"]), "/dev/vg0/web\nnone\n");
  assert.equal((await box.run(["drbdadm", "adjust", "web"])).code, 0);
  assert.match(await box.output(["drbdadm", "--version"]), /^DRBDADM_VERSION=9\.22\.0$/m);
  const unknown = await box.run(["drbdadm", "sh-ll-dev", "other"]);
  assert.equal(unknown.code, 1);
  assert.equal(unknown.stderr, "'other' not defined in your config (for this host).\n");
  assert.equal((await box.run(["drbdadm", "create-md", "web"])).code, 20);
});

test("a step is refused, delayed and announced as the test says", async (box, drbd) => {
  await drbd.refuse("web", "primary", 17);
  assert.equal((await box.run(["drbdadm", "primary", "web"])).code, 17);
  await drbd.accept("web", "primary");
  await drbd.refuseOnce("web", "primary");
  assert.equal((await box.run(["drbdadm", "primary", "web"])).code, 11);
  await drbd.forget();
  await drbd.delay("web", "primary", 0.5);
  await drbd.announce("web", "primary", "change resource name:web role:Primary\n");
  assert.equal((await box.run(["drbdsetup", "primary", "web"])).code, 0);
  assert.match(await box.readFile("/var/lib/standin/events2"), /role:Primary\n$/);
  assert.equal(await drbd.role("web"), "Primary");
  const [begin, end] = await drbd.calls();
  assert.ok(begin !== undefined && end !== undefined);
  assert.deepEqual({ ...begin, atMs: 0 }, {
    atMs: 0,
    program: "drbdsetup",
    args: "primary web",
    code: undefined,
  });
  assert.deepEqual({ ...end, atMs: 0 }, { atMs: 0, program: "drbdsetup", args: "primary web", code: 0 });
  assert.ok(end.atMs - begin.atMs >= 490, `${begin.atMs} to ${end.atMs}`);
});

test(
  "the shim's verbs in two steps use force only where the plain demotion is refused",
  async (box, drbd) => {
    const shim = async (verb: string) =>
      (await box.run(["/lib/drbd/scripts/drbd-service-shim.sh", verb, "web"])).code;
    const forced = `secondary-secondary-force`;
    await drbd.refuse("web", "secondary-force");
    assert.equal(await shim(forced), 0);
    await drbd.refuse("web", "secondary");
    assert.equal(await shim(forced), 11);
    assert.equal(await shim(`${forced}-or-escalate`), 1);
    await drbd.accept("web", "secondary-force");
    assert.equal(await shim(forced), 0);
    assert.equal(await shim("secondary-or-escalate"), 1);
    assert.equal(await shim(`${forced}-or-escalate`), 0);
    assert.equal(await shim("nonsense"), 1);
  },
);

test("the shim's escalation counts a resource that is not configured as demoted", async (box, drbd) => {
  await drbd.refuse("web", "secondary");
  await drbd.replaceEvents("exists resource name:db role:Primary\nexists -\n");
  const { code } = await box.run(["/lib/drbd/scripts/drbd-service-shim.sh", "secondary-or-escalate", "web"]);
  assert.equal(code, 0);
});
