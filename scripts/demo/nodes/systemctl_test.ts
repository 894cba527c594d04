import assert from "node:assert/strict";
import { complaintOf, Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { mask, unmask } from "../../../src/ctl/evict/mask.ts";
import { Model } from "../../../tests/simulation/model/model.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { CLUSTER } from "./definition.ts";
import { Machine } from "./machine.ts";

const TARGET = "drbd-services@web.target";

/** A machine whose systemctl is asked by drbdd's own code. */
async function withMachine(body: (machine: Machine, systemctl: Systemctl) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  try {
    const machine = new Machine(new Model(CLUSTER, 1), "alpha", root, `${root}/runtime`);
    await machine.begin();
    const effects = new SimulatedEffects();
    effects.processes.install("systemctl", (role) => {
      machine.systemctl(role.argv.slice(1), ({ code, stdout, stderr }) => {
        role.print(stdout);
        role.complain(stderr);
        role.exit(code);
      });
    });
    await body(machine, new Systemctl(effects));
    machine.crash();
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("what drbddctl masks is masked until the next boot, and cannot be started", () =>
  withMachine(async (_machine, systemctl) => {
    const properties = ["LoadState", "UnitFileState"];
    const states = async () =>
      (await systemctl.show(["nginx.service", TARGET], properties)).map((each) =>
        [...each.values()].join(" ")
      );
    assert.deepEqual(await states(), ["loaded static", "loaded static"]);
    await mask(TARGET, systemctl);
    assert.deepEqual(await states(), ["loaded static", "masked masked-runtime"]);
    const start = ["start", TARGET];
    assert.match(complaintOf(start, await systemctl.run(start)), /is masked/);
    await unmask(TARGET, systemctl);
    assert.deepEqual(await states(), ["loaded static", "loaded static"]);
  }));

Deno.test("drop-ins that are written on disk are read at daemon-reload", () =>
  withMachine(async (machine, systemctl) => {
    const shown = async () => {
      const [unit] = await systemctl.show(["nginx.service"], ["NeedDaemonReload", "DropInPaths"]);
      return [unit?.get("NeedDaemonReload"), unit?.get("DropInPaths")];
    };
    assert.deepEqual(await shown(), ["no", ""]);
    const path = "/run/systemd/system/nginx.service.d/drbdd.conf";
    await Deno.mkdir(`${machine.files.root}${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeTextFile(`${machine.files.root}${path}`, "[Unit]\nRequires=drbd-promote@web.service\n");
    assert.deepEqual(await shown(), ["yes", ""]);
    await systemctl.must(["daemon-reload"]);
    assert.deepEqual(await shown(), ["no", path]);
  }));
