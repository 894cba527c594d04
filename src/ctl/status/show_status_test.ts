import assert from "node:assert/strict";
import { sampleLines } from "../../../tests/support/core/sample_lines.ts";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { REACTORCTL } from "../cli/reactorctl.ts";
import { showStatus } from "./show_status.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n';
const REQUEST = { files: [], resources: [], isVerbose: false, isJson: false };

function nodeWith(sample: Parameters<typeof sampleLines>[1]): SimulatedCtl {
  const world = new SimulatedCtl({ files: { "/etc/drbdd.d/web.toml": WEB } });
  world.dump(...sampleLines("exists", sample));
  for (const unit of ["drbdd.service", "drbd-services@web.target", "drbd-promote@web.service", "a.service"]) {
    world.systemd.activate(unit);
  }
  return world;
}

for (
  const [how, code, text] of [["fails", 1, "Failed to connect to bus"], [
    "does not answer",
    undefined,
    "",
  ]] as const
) {
  Deno.test(`showStatus() ends with 5 where systemctl ${how}, and with 1 for programs`, async () => {
    const world = nodeWith({ name: "web", role: "Primary" });
    const { ctl, effects } = world;
    effects.processes.install("systemctl", (role) => {
      if (code === undefined) return;
      role.complain(text);
      role.exit(code);
    });
    const ended = showStatus(REQUEST, ctl);
    await effects.clock.advance(60_000);
    assert.equal(await ended, 5);
    assert.match(world.out, /^× Cannot read the state of services: .*(no answer|connect to bus)/m);
    const json = showStatus({ ...REQUEST, isJson: true }, ctl);
    await effects.clock.advance(60_000);
    assert.equal(await json, 1);
  });
}

for (
  const [what, sample, want] of [
    ["all is healthy", { name: "web", role: "Primary" }, 0],
    ["a disk is lost", { name: "web", role: "Primary", disks: ["Diskless"] }, 3],
    ["I/O is suspended", { name: "web", role: "Primary", suspended: "quorum" }, 4],
  ] as const
) {
  Deno.test(`showStatus() ends with ${want} when ${what}, but with 0 for programs and as drbd-reactorctl`, async () => {
    const { ctl } = nodeWith(sample);
    assert.equal(await showStatus(REQUEST, ctl), want);
    assert.equal(await showStatus({ ...REQUEST, isJson: true }, ctl), 0);
    assert.equal(await showStatus(REQUEST, { ...ctl, program: REACTORCTL }), 0);
  });
}

Deno.test("showStatus() has no heading for units of which systemctl prints nothing", async () => {
  assert.doesNotMatch((await verbose("")).out, /^web:$/m);
  assert.match((await verbose("● a.service\n")).out, /\n\nweb:\n● a\.service\n$/);
});

/** `status -v` where `systemctl status` prints `text`. */
async function verbose(text: string): Promise<SimulatedCtl> {
  const world = nodeWith({ name: "web", role: "Primary" });
  const { run } = world.effects.processes;
  world.effects.processes.run = (argv, options) =>
    argv[1] === "status"
      ? Promise.resolve({ code: 0, signal: undefined, stdout: text, stderr: "" })
      : run.call(world.effects.processes, argv, options);
  await showStatus({ ...REQUEST, isVerbose: true }, world.ctl);
  return world;
}

// LINSTOR's packages look for the unit of its controller there.
Deno.test("showStatus() shows all units as drbd-reactorctl, also where nothing is named", async () => {
  const world = nodeWith({ name: "web", role: "Primary" });
  await showStatus(REQUEST, world.ctl);
  assert.doesNotMatch(world.out, /a\.service/);
  await showStatus(REQUEST, { ...world.ctl, program: REACTORCTL });
  assert.match(world.out, /^● └─ a\.service$/m);
});
