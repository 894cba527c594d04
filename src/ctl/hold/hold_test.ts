import assert from "node:assert/strict";
import { holdPathOf, HOLDS_IN_FORCE, readHold } from "../../../plugins/promoter/hold/hold.ts";
import { sampleLines } from "../../../tests/support/core/sample_lines.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { showExplanation } from "../explain/show_explanation.ts";
import { statusJson } from "../status/json.ts";
import { readNodeReport } from "../status/node_report.ts";
import { showStatus } from "../status/show_status.ts";
import { hold, unhold } from "./hold.ts";

const WEB =
  '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n[promoter.resources.db]\nstart = ["b.service"]\n';
const REQUEST = { resources: ["web"], reason: "new disks", seconds: undefined };

function world(isRunning = true): SimulatedCtl {
  const node = new SimulatedCtl({ files: { "/etc/drbdd.d/web.toml": WEB } });
  node.dump(...sampleLines("exists", { name: "web", role: "Primary" }));
  if (isRunning) node.systemd.activate("drbdd.service");
  for (const unit of ["drbd-services@web.target", "drbd-promote@web.service", "a.service"]) {
    node.systemd.activate(unit);
  }
  return node;
}

/** drbdd confirms `names` after a while; returns what `action` does. */
async function confirmed(
  node: SimulatedCtl,
  names: readonly string[],
  action: Promise<number>,
): Promise<number> {
  await settle();
  await node.effects.clock.advance(700);
  node.effects.files.put(HOLDS_IN_FORCE, JSON.stringify(names));
  await node.effects.clock.advance(200);
  return await action;
}

Deno.test("hold() writes a file, and is through when drbdd confirms it; unhold() removes it", async () => {
  const node = world();
  assert.equal(await confirmed(node, ["web"], hold(REQUEST, node.ctl)), 0);
  assert.equal(
    node.err,
    "web: on hold here: drbdd starts no services, and stops them only if they cannot continue\n",
  );
  const written = readHold(await node.effects.files.readText(holdPathOf("web")));
  assert.deepEqual([written.reason, written.untilMs], ["new disks", undefined]);
  assert.equal(await confirmed(node, [], unhold({ resources: [], reason: undefined }, node.ctl)), 0);
  assert.match(node.err, /\nweb: no longer on hold here\n$/);
  assert.equal(await node.effects.files.stat(holdPathOf("web")), undefined);
});

Deno.test("hold() with an end notes it, and several resources are held together", async () => {
  const node = world();
  const request = { resources: ["web", "db"], reason: undefined, seconds: 90 };
  assert.equal(await confirmed(node, ["db", "web"], hold(request, node.ctl)), 0);
  assert.match(node.err, /^web: on hold here, for 90 s at most: .*\ndb: on hold here, for 90 s at most: /);
  const { sinceMs = 0, untilMs } = readHold(await node.effects.files.readText(holdPathOf("db")));
  assert.equal(untilMs, sinceMs + 90_000);
});

Deno.test("hold() says that drbdd does not confirm it, and what to do", async () => {
  const node = world();
  const action = hold(REQUEST, node.ctl);
  await node.effects.clock.advance(6_000);
  assert.equal(await action, 1);
  assert.match(
    node.err,
    /web: drbdd does not confirm the hold and may still start or stop services\n {2}Next: systemctl status drbdd/,
  );
});

Deno.test("hold() where drbdd does not run counts from its start on", async () => {
  const node = world(false);
  assert.equal(await hold(REQUEST, node.ctl), 0);
  assert.equal(node.err, "web: on hold here as soon as drbdd runs; it is not running now\n");
});

Deno.test("hold() where drbd-reactor runs instead of drbdd says that it takes no notice", async () => {
  const node = world(false);
  node.systemd.activate("drbd-reactor.service");
  assert.equal(await hold(REQUEST, node.ctl), 1);
  assert.match(
    node.err,
    /^web: drbd-reactor runs here and does not support holds\n {2}Next: systemctl stop drbd-reactor/,
  );
});

Deno.test("hold() of what no promoter has changes nothing", async () => {
  const node = world();
  const action = hold({ ...REQUEST, resources: ["db", "wbe"] }, node.ctl);
  await assert.rejects(action, {
    message: 'No promoter is configured for the resource "wbe": nothing was put on hold',
    remedy: 'did you mean "web"?',
    exitCode: 2,
  });
  assert.equal(await node.effects.files.stat(holdPathOf("db")), undefined);
});

Deno.test("unhold() of what is not on hold says so, also where no promoter has it any more", async () => {
  const node = world();
  assert.equal(await unhold({ resources: ["web"], reason: undefined }, node.ctl), 0);
  assert.equal(node.err, "web: not on hold here\n");
  node.effects.files.put(holdPathOf("old"), "");
  assert.equal(await confirmed(node, [], unhold({ resources: ["old"], reason: undefined }, node.ctl)), 0);
  assert.match(node.err, /old: no longer on hold here\n$/);
  assert.equal(await unhold({ resources: [], reason: undefined }, node.ctl), 0);
  assert.match(node.err, /Nothing is on hold here\n$/);
});

Deno.test("hold() does not make one shorter that somebody else has set, and unhold() can be for one reason only", async () => {
  const node = world();
  await confirmed(node, ["web"], hold(REQUEST, node.ctl));
  const short = { resources: ["web"], reason: "evict", seconds: 90 };
  assert.equal(await confirmed(node, ["web"], hold(short, node.ctl)), 0);
  assert.match(node.err, /web: already on hold, not changed: on hold since \S+ \(new disks\)\n/);
  assert.equal(await unhold({ resources: ["web"], reason: "evict" }, node.ctl), 0);
  assert.match(node.err, /web: not on hold here for that reason\n$/);
  assert.equal(readHold(await node.effects.files.readText(holdPathOf("web"))).reason, "new disks");
  const end = unhold({ resources: ["web"], reason: "new disks" }, node.ctl);
  assert.equal(await confirmed(node, [], end), 0);
  assert.equal(await node.effects.files.stat(holdPathOf("web")), undefined);
});

Deno.test("status and explain show a hold, with its reason and what ends it", async () => {
  const node = world();
  await confirmed(node, ["web"], hold(REQUEST, node.ctl));
  const question = { files: [], resources: ["web"], isTried: false };
  const report = await readNodeReport(question, node.ctl);
  const { promoter: [json] } = statusJson(report) as { promoter: [{ on_hold: { reason: string } }] };
  assert.equal(json.on_hold.reason, "new disks");
  assert.equal(
    await showStatus({ files: [], resources: ["web"], isVerbose: false, isJson: false }, node.ctl),
    3,
  );
  assert.match(
    node.out,
    /! on hold since 2026\S+ \(new disks\): drbdd starts nothing here, .*\n {4}Next: drbddctl unhold web/,
  );
  await showExplanation({ name: "web", isJson: false, isVerbose: false }, node.ctl);
  assert.match(node.out, /web runs here; on hold since 2026\S+ \(new disks\)/);
  assert.match(node.out, /drbddctl unhold web/);
});
