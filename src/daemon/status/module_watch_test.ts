import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { ProblemList } from "../plugins/problems.ts";
import { ModuleWatch } from "./module_watch.ts";

class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly problems = new ProblemList(() => {});
  readonly found: string[] = [];
  readonly health = { setModule: (version: string) => void this.found.push(version) };
  readonly stop = new AbortController();
  readonly watch = new ModuleWatch({ ...this, signal: this.stop.signal });
  /** As drbdadm prints it. */
  version = "080411";
  asked = 0;

  constructor() {
    this.effects.processes.install("drbdadm", (role) => {
      this.asked++;
      role.print(`DRBD_KERNEL_VERSION_CODE=0x${this.version}\nDRBDADM_VERSION_CODE=0x091600\n`);
      role.exit(0);
    });
  }

  async pass(durationMs: number): Promise<void> {
    this.watch.mayHaveChanged();
    await this.effects.clock.advance(durationMs);
    await settle();
  }
}

const COMPLAINT = "kernel module 8.4.17 found, DRBD 9 needed";

Deno.test("a kernel module of DRBD 8 is an error of the log, once, and a problem until it is replaced", async () => {
  const trial = new Trial();
  await trial.pass(4_000);
  assert.equal(trial.asked, 0, "not while the first starts are under way");
  await trial.pass(1_000);
  assert.match(
    trial.log.lines.join("\n"),
    new RegExp(`^error: ${COMPLAINT}; fix it: install .*modinfo drbd`),
  );
  assert.equal(trial.problems.addTo("1 resource"), `1 resource; PROBLEM: ${COMPLAINT}`);
  for (let times = 0; times < 30; times++) await trial.pass(10_000);
  assert.equal(trial.log.lines.length, 1);
  assert.ok(trial.asked < 8, `asked ${trial.asked} times`);
  trial.version = "09020e";
  await trial.pass(60_000);
  assert.equal(trial.problems.addTo("1 resource"), "1 resource");
  assert.deepEqual([...new Set(trial.found)], ["8.4.17", "9.2.14"]);
});

Deno.test("a drbdadm that fails says nothing of the module, nor does one that answers at the end", async () => {
  const trial = new Trial();
  trial.effects.processes.install("drbdadm", undefined);
  await trial.pass(5_000);
  trial.watch.mayHaveChanged();
  trial.stop.abort();
  await trial.effects.clock.advance(120_000);
  assert.deepEqual(trial.log.lines, []);
  assert.equal(trial.problems.addTo("x"), "x");
  assert.deepEqual(trial.found, []);
});
