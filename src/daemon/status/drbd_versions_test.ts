import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Program } from "../../../tests/support/simulated/simulated_processes.ts";
import { DrbdVersions } from "./drbd_versions.ts";
import { DaemonStats } from "./daemon_stats.ts";

class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly facts = new DaemonStats();
  isStale = true;
  readonly stop = new AbortController();
  readonly versions = new DrbdVersions({
    effects: this.effects,
    log: this.log,
    drbdsetupRestarts: () => this.facts.drbdsetupRestarts,
    stale: () => this.isStale,
    signal: this.stop.signal,
  });

  constructor(drbdadm: Program | undefined) {
    this.effects.processes.install("drbdadm", drbdadm);
  }

  /** What is known a moment after asking. */
  async current(): Promise<string> {
    this.versions.current();
    await settle();
    const { module, utils } = this.versions.current() ?? {};
    return `${module} ${utils}`;
  }

  get asked(): number {
    return this.effects.processes.started.length;
  }
}

function printing(module: string): Program {
  return (role) => {
    role.print(`DRBD_KERNEL_VERSION_CODE=0x${module}\nDRBDADM_VERSION_CODE=0x092200\n`);
    role.exit(0);
  };
}

Deno.test("DrbdVersions runs drbdadm once, though the state is stale at first", async () => {
  const trial = new Trial(printing("09020e"));
  assert.equal(trial.versions.current(), undefined);
  assert.equal(await trial.current(), "9.2.14 9.34.0");
  assert.equal(await trial.current(), "9.2.14 9.34.0");
  assert.deepEqual(trial.effects.processes.started.map(({ argv }) => argv), [["drbdadm", "--version"]]);
});

Deno.test("DrbdVersions asks again when drbdsetup is back after a restart", async () => {
  const trial = new Trial(printing("09020e"));
  trial.isStale = false;
  await trial.current();
  trial.effects.processes.install("drbdadm", printing("090300"));
  trial.facts.drbdsetupRestarts = 2;
  trial.isStale = true;
  assert.equal(await trial.current(), "9.2.14 9.34.0");
  trial.isStale = false;
  assert.equal(await trial.current(), "9.3.0 9.34.0");
  assert.equal(trial.asked, 2);
});

const FAILURES: readonly { name: string; drbdadm: Program | undefined; want: RegExp }[] = [
  { name: "is not there", drbdadm: undefined, want: /Cannot start drbdadm: it was not found in PATH/ },
  { name: "fails", drbdadm: (role) => role.exit(3), want: /"drbdadm --version" failed: exit code 3/ },
  { name: "is killed", drbdadm: (role) => role.die("SIGSEGV"), want: /failed: killed by SIGSEGV/ },
  { name: "prints something else", drbdadm: (role) => role.exit(0), want: /does not have the version codes/ },
];

for (const { name, drbdadm, want } of FAILURES) {
  Deno.test(`DrbdVersions says once that a drbdadm ${name}, and asks again later`, async () => {
    const trial = new Trial(drbdadm);
    assert.equal(await trial.current(), "undefined undefined");
    await trial.effects.clock.advance(299_000);
    await trial.current();
    const before = trial.asked;
    await trial.effects.clock.advance(1_000);
    await trial.current();
    assert.equal(trial.log.from("warn").length, 1);
    assert.match(trial.log.from("warn")[0] ?? "", want);
    trial.effects.processes.install("drbdadm", printing("09020e"));
    await trial.effects.clock.advance(300_000);
    assert.equal(await trial.current(), "9.2.14 9.34.0");
    assert.ok(before <= 1);
    assert.equal(trial.effects.clock.pendingTimers, 0);
  });
}

Deno.test("DrbdVersions ends a drbdadm that hangs", async () => {
  const trial = new Trial(() => {});
  await trial.current();
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(trial.effects.processes.alive, []);
  assert.match(trial.log.from("warn")[0] ?? "", /"drbdadm --version" failed: no answer within 10 s/);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("DrbdVersions says nothing of a drbdadm that it ends because all ends", async () => {
  const trial = new Trial(() => {});
  await trial.current();
  trial.stop.abort();
  await settle();
  assert.deepEqual([trial.effects.processes.alive, trial.log.lines], [[], []]);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});
