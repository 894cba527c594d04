import assert from "node:assert/strict";
import * as v from "valibot";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { ProgramError } from "../../../src/effects/effects.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../../tests/support/simulated/simulated_processes.ts";
import { resourceConfig, type ShellResourceConfig } from "../config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../config/resource_table.ts";
import { ShellServices } from "./shell_services.ts";

/** Services on a shell in memory. Commands succeed at once unless a test says otherwise. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly plays = new Map<string, (role: Role) => void>();
  isPrimary = false;
  isHeld = false;
  devices: string[] = [];
  /** Of a command that has ended, background processes are left. */
  isGroupLeft = false;
  readonly services: ShellServices;

  constructor(readonly table: ResourceInput = { start: ["promote", "mount", "serve"] }) {
    this.effects.processes.install("/bin/sh", (role) => {
      if (isGroupQuery(role)) return role.exit(this.isGroupLeft ? 0 : 1);
      const play = this.plays.get(role.argv[2] ?? "") ?? ((each: Role) => each.exit(0));
      play(role);
    });
    this.services = this.another();
  }

  another(): ShellServices {
    const config = resourceConfig("web", v.parse(RESOURCE_TABLE, { runner: "shell", ...this.table }));
    return new ShellServices(
      this.effects,
      this.log,
      config as ShellResourceConfig,
      () => this.isPrimary,
      () => this.isHeld,
      () => this.devices,
    );
  }

  get ran(): string[] {
    return this.effects.processes.started.filter((each) => !isGroupQuery(each)).map(({ argv }) =>
      argv[2] ?? ""
    );
  }

  /** A command that goes on until it is killed, or until the test ends it. */
  hold(command: string, { ignoresTerm = false } = {}): Role[] {
    const held: Role[] = [];
    this.plays.set(command, (role) => {
      held.push(role);
      if (ignoresTerm) role.onSignal = () => {};
    });
    return held;
  }

  fail(command: string, code = 1): void {
    this.plays.set(command, (role) => {
      role.complain("it does not work\n");
      role.exit(code);
    });
  }
}

function isGroupQuery({ argv }: Pick<Role, "argv">): boolean {
  return argv[2]?.startsWith("test ! -e /proc/") ?? false;
}

Deno.test("ShellServices.start() runs the list in order, one command after the other, each with the resource in its environment", async () => {
  const trial = new Trial();
  const held = trial.hold("mount");
  const start = trial.services.start();
  await settle();
  assert.deepEqual(trial.ran, ["promote", "mount"]);
  held[0]?.exit(0);
  assert.deepEqual(await start, { outcome: "ok" });
  assert.deepEqual(trial.ran, ["promote", "mount", "serve"]);
  assert.equal(held[0]?.env["DRBD_RESOURCE"], "web");
});

Deno.test("ShellServices.start() ends at a failing command, and reports it with its output", async () => {
  const trial = new Trial();
  trial.fail("mount", 32);
  assert.deepEqual(await trial.services.start(), {
    outcome: "failed",
    why: 'the start command "mount" failed: exit code 32',
  });
  assert.deepEqual(trial.ran, ["promote", "mount"]);
  assert.deepEqual(trial.log.from("warn"), [
    'warn: web: the start command "mount" failed: exit code 32\n  it does not work',
  ]);
});

for (const isPrimary of [false, true]) {
  const outcome = isPrimary ? "failed" : "nothingBegan";
  Deno.test(`ShellServices.start() is ${outcome} when its first command fails and the resource is ${isPrimary ? "" : "not "}Primary`, async () => {
    const trial = new Trial();
    trial.fail("promote");
    trial.isPrimary = isPrimary;
    const start = trial.services.start();
    await trial.effects.clock.advance(300);
    assert.equal((await start).outcome, outcome);
  });
}

Deno.test("ShellServices.start() says when a command cannot be run", async () => {
  const trial = new Trial();
  trial.effects.processes.install("/bin/sh", undefined);
  const start = trial.services.start();
  await trial.effects.clock.advance(300);
  const done = await start;
  assert.equal(done.outcome, "nothingBegan");
  assert.match(
    "why" in done ? done.why : "",
    /cannot run the start command "promote": Cannot start \/bin\/sh/,
  );
});

Deno.test("ShellServices.stop() runs the start list backwards, or the stop list if there is one", async () => {
  const trial = new Trial();
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(trial.ran, ["serve", "mount", "promote"]);
  const other = new Trial({ start: ["promote"], stop: ["halt", "demote"] });
  await other.services.stop();
  assert.deepEqual(other.ran, ["halt", "demote"]);
});

Deno.test("ShellServices.stop() runs all commands though one fails, and fails if the resource is still Primary", async () => {
  const trial = new Trial();
  trial.fail("serve");
  trial.isPrimary = true;
  const stop = trial.services.stop();
  await trial.effects.clock.advance(300);
  assert.deepEqual(await stop, {
    outcome: "failed",
    why: 'the stop command "serve" failed: exit code 1',
  });
  assert.deepEqual(trial.ran, ["serve", "mount", "promote"]);
});

/** Stops until that is over. Returns how many attempts failed before. */
async function failedStops(trial: Trial): Promise<number> {
  for (let failed = 0;; failed++) {
    const stop = trial.services.stop();
    await trial.effects.clock.advance(300);
    if ((await stop).outcome === "ok") return failed;
    assert.deepEqual(trial.log.from("error"), []);
  }
}

const GIVEN_UP =
  /not all stop commands succeeded, but the resource is no longer Primary; check what still runs: .*"serve"/;

Deno.test("ShellServices.stop() of a Secondary is over, loudly, at the twelfth attempt that fails", async () => {
  const trial = new Trial();
  await trial.services.start();
  trial.fail("serve");
  assert.equal(await failedStops(trial), 11);
  assert.match(trial.log.from("error").join(), GIVEN_UP);
  assert.equal(trial.log.from("warn").filter((each) => each.startsWith("warn")).length, 4);
  trial.log.lines.length = 0;
  assert.equal(await failedStops(trial), 11);
});

Deno.test("ShellServices.stop() of a Secondary is over when a further attempt succeeds, whatever failed while it was Primary", async () => {
  const trial = new Trial();
  await trial.services.start();
  trial.fail("serve");
  trial.isPrimary = true;
  for (let times = 0; times < 20; times++) {
    const stop = trial.services.stop();
    await trial.effects.clock.advance(300);
    assert.equal((await stop).outcome, "failed");
  }
  trial.isPrimary = false;
  const stop = trial.services.stop();
  await trial.effects.clock.advance(300);
  assert.deepEqual(await stop, {
    outcome: "failed",
    why:
      'the stop command "serve" failed: exit code 1; as the resource is not Primary any more, 12 attempts at most',
  });
  trial.plays.delete("serve");
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(trial.log.from("error"), []);
});

Deno.test("ShellServices.stop() after a start that failed is repeated three times only: what was never started cannot be stopped", async () => {
  const trial = new Trial({ start: ["promote", "mount", "serve"], stop: ["end serve", "umount", "demote"] });
  trial.fail("mount");
  await trial.services.start();
  trial.fail("end serve");
  assert.equal(await failedStops(trial), 3);
  trial.plays.delete("mount");
  await trial.services.start();
  trial.log.lines.length = 0;
  assert.equal(await failedStops(trial), 11);
});

Deno.test("ShellServices.describeHolders() names the processes that use the devices, or how to find them", async () => {
  const trial = new Trial();
  assert.equal(await trial.services.describeHolders(), undefined);
  trial.devices = ["/dev/drbd7", "/dev/drbd8"];
  assert.equal(
    await trial.services.describeHolders(),
    "fuser -vm /dev/drbd7 (of the package psmisc) shows who uses it; " +
      "fuser -vm /dev/drbd8 (of the package psmisc) shows who uses it",
  );
  trial.effects.processes.install("fuser", (role) => {
    if (role.argv[2] === "/dev/drbd7") role.complain("/dev/drbd7:  root  4711 F.... dd\n");
    role.exit(0);
  });
  assert.equal(await trial.services.describeHolders(), "/dev/drbd7 is used by dd (process 4711)");
});

Deno.test("ShellServices.stop() has failed while somebody holds open what was demoted under him", async () => {
  const trial = new Trial();
  trial.fail("serve");
  trial.isHeld = true;
  const stop = trial.services.stop();
  await trial.effects.clock.advance(300);
  assert.equal((await stop).outcome, "failed");
});

Deno.test("ShellServices.stop() runs on-stop-failure and tries again until it succeeds", async () => {
  const trial = new Trial({ start: ["serve"], "on-stop-failure": "rescue" });
  trial.fail("serve");
  const stop = trial.services.stop();
  await settle();
  assert.deepEqual(trial.ran, ["serve", "rescue"]);
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(trial.ran, ["serve", "rescue", "serve", "rescue"]);
  trial.plays.delete("serve");
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.deepEqual(trial.ran.slice(4), ["serve"]);
});

Deno.test("ShellServices.stop() during a start: TERM to the command at once, the rest is not run, then the stops", async () => {
  const trial = new Trial();
  const held = trial.hold("mount");
  const start = trial.services.start();
  await settle();
  trial.plays.clear();
  const stop = trial.services.stop();
  await settle();
  assert.ok(held[0]?.isOver);
  await trial.effects.clock.advance(500);
  assert.deepEqual(await start, { outcome: "failed", why: "a stop is due" });
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.deepEqual(trial.ran, ["promote", "mount", "serve", "mount", "promote"]);
});

Deno.test("ShellServices.stop() during a start waits for what the command has started, 500 ms at most, then KILL", async () => {
  for (const leftForMs of [0, 100, Infinity]) {
    const trial = new Trial();
    const signals: string[] = [];
    const { processes } = trial.effects;
    const spawn = processes.spawn.bind(processes);
    processes.spawn = (argv, options) => {
      const child = spawn(argv, options);
      if (argv[2] !== "mount") return child;
      return { ...child, kill: (signal) => (signals.push(signal), child.kill(signal)) };
    };
    trial.isGroupLeft = leftForMs > 0;
    trial.hold("mount");
    void trial.services.start();
    await settle();
    trial.plays.clear();
    const stop = trial.services.stop();
    if (leftForMs > 0) {
      await trial.effects.clock.advance(Math.min(leftForMs, 499) - 1);
      assert.deepEqual(trial.ran, ["promote", "mount"]);
      trial.isGroupLeft = leftForMs === Infinity;
      await trial.effects.clock.advance(2);
    }
    await settle();
    assert.deepEqual(trial.ran, ["promote", "mount", "serve", "mount", "promote"]);
    assert.deepEqual(signals, leftForMs === Infinity ? ["SIGTERM", "SIGKILL"] : ["SIGTERM"]);
    assert.deepEqual(await stop, { outcome: "ok" });
  }
});

Deno.test("ShellServices.stop() during a start: KILL after 10 s to a command that ignores TERM", async () => {
  const trial = new Trial();
  const held = trial.hold("mount", { ignoresTerm: true });
  const start = trial.services.start();
  await settle();
  void trial.services.stop();
  await trial.effects.clock.advance(9_999);
  assert.equal(held[0]?.isOver, false);
  assert.deepEqual(trial.ran, ["promote", "mount"]);
  trial.plays.delete("mount");
  await trial.effects.clock.advance(1);
  assert.ok(held[0]?.isOver);
  await trial.effects.clock.advance(500);
  assert.equal((await start).outcome, "failed");
  assert.deepEqual(trial.ran.slice(2), ["serve", "mount", "promote"]);
});

/** Where no process can be started to signal a group: `times` signals fail. Returns how many are still to fail. */
function withoutRoom(trial: Trial, times: number): () => number {
  const { processes } = trial.effects;
  const spawn = processes.spawn.bind(processes);
  let left = times;
  processes.spawn = (argv, options) => {
    const child = spawn(argv, options);
    return {
      ...child,
      kill: (signal) => {
        if (left-- > 0) throw new ProgramError("/bin/sh", "the system refused: no room for another process");
        child.kill(signal);
      },
    };
  };
  return () => Math.max(0, left);
}

Deno.test("ShellServices.stop() during a start signals again when there was no room for the program that does it", async () => {
  const trial = new Trial();
  const left = withoutRoom(trial, 3);
  const held = trial.hold("mount");
  const start = trial.services.start();
  await settle();
  trial.plays.clear();
  const stop = trial.services.stop();
  await trial.effects.clock.advance(300);
  assert.equal(left(), 0);
  assert.ok(held[0]?.isOver);
  await trial.effects.clock.advance(500);
  assert.equal((await start).outcome, "failed");
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.deepEqual(trial.log.from("error"), []);
});

Deno.test("ShellServices.stop() says which command it cannot signal, and ends it with SIGKILL when there is room", async () => {
  const trial = new Trial();
  withoutRoom(trial, 5);
  const held = trial.hold("mount");
  void trial.services.start();
  await settle();
  trial.plays.clear();
  const stop = trial.services.stop();
  await trial.effects.clock.advance(9_999);
  assert.deepEqual(trial.log.from("error"), [
    'error: Cannot send SIGTERM to the command "mount", and what it started: Cannot start /bin/sh: the system refused: ' +
    "no room for another process",
  ]);
  assert.equal(held[0]?.isOver, false);
  await trial.effects.clock.advance(501);
  assert.ok(held[0]?.isOver);
  assert.deepEqual(await stop, { outcome: "ok" });
});

Deno.test("ShellServices.stop() before a start had its turn: nothing of it is run", async () => {
  const trial = new Trial();
  const held = trial.hold("serve");
  const first = trial.services.stop();
  await settle();
  const start = trial.services.start();
  const second = trial.services.stop();
  trial.plays.delete("serve");
  held[0]?.exit(0);
  await Promise.all([first, second]);
  assert.deepEqual(await start, { outcome: "failed", why: "a stop is due" });
  assert.deepEqual(trial.ran, ["serve", "mount", "promote", "serve", "mount", "promote"]);
});

for (
  const { name, monitor, isPrimary, isWell, isFirst, want } of [
    {
      name: "half stopped where an earlier drbdd ended in a start or a stop and it is Secondary",
      isPrimary: false,
      isFirst: true,
      want: "halfStopped",
    },
    { name: "inactive where it is Secondary later", isPrimary: false, isFirst: false, want: "inactive" },
    { name: "active where it is Primary when drbdd begins", isPrimary: true, isFirst: true, want: "active" },
    {
      name: "inactive where somebody else made it Primary later",
      isPrimary: true,
      isFirst: false,
      want: "inactive",
    },
    {
      name: "active if the monitor says so",
      monitor: "ask",
      isPrimary: true,
      isWell: true,
      isFirst: false,
      want: "active",
    },
    {
      name: "partial if the monitor says that they are not well",
      monitor: "ask",
      isPrimary: true,
      isWell: false,
      isFirst: true,
      want: "partial",
    },
    {
      name: "inactive if the monitor says so where somebody else made it Primary later",
      monitor: "ask",
      isPrimary: true,
      isWell: false,
      isFirst: false,
      want: "inactive",
    },
  ]
) {
  Deno.test(`ShellServices.find() is ${name}`, async () => {
    const trial = new Trial({ start: ["serve"], ...(monitor === undefined ? {} : { monitor }) });
    trial.isPrimary = isPrimary;
    if (!isWell) trial.fail("ask");
    trial.effects.files.put("/run/drbdd/promoted/web", "");
    assert.equal(await trial.services.find(isFirst), want);
  });
}

for (
  const [monitor, want] of [[undefined, "inactive"], ["false", "inactive"], ["true", "active"]] as const
) {
  Deno.test(`ShellServices.find() is ${want} on a Primary that drbdd did not promote, with the monitor ${monitor}`, async () => {
    const trial = new Trial({ start: ["serve"], ...(monitor === undefined ? {} : { monitor }) });
    trial.fail("false");
    trial.isPrimary = true;
    assert.equal(await trial.services.find(true), want);
    const said = trial.log.from("warn").filter((each) => each.includes("not promoted by drbdd"));
    assert.equal(said.length, want === "active" ? 0 : 1);
    for (const each of said) {
      assert.match(each, /touch \/run\/drbdd\/promoted\/web && systemctl restart drbdd/);
    }
    // What runs is drbdd's from now on.
    assert.equal("/run/drbdd/promoted/web" in trial.effects.files.all(), want === "active");
  });
}

Deno.test("ShellServices marks a promotion from before the start to after the stop, and one that was refused no longer", async () => {
  const trial = new Trial({ start: ["promote", "serve"], stop: ["down"] });
  const isMarked = () => "/run/drbdd/promoted/web" in trial.effects.files.all();
  const [promote, down] = [trial.hold("promote"), trial.hold("down")];
  const start = trial.services.start();
  await settle();
  assert.ok(isMarked());
  promote[0]?.exit(0);
  trial.isPrimary = true;
  await start;
  assert.equal(await trial.another().find(true), "active");
  const stop = trial.services.stop();
  await settle();
  assert.ok(isMarked());
  down[0]?.exit(0);
  await stop;
  assert.ok(!isMarked());
  trial.isPrimary = false;
  const refused = trial.services.start();
  await settle();
  promote[1]?.exit(1);
  await trial.effects.clock.advance(1_000);
  assert.equal((await refused).outcome, "nothingBegan");
  assert.ok(!isMarked());
});

Deno.test("ShellServices stops what an earlier drbdd has left half stopped, and knows of no such thing before DRBD is known", async () => {
  const trial = new Trial({ start: ["serve"], stop: ["down"] });
  trial.effects.files.put("/run/drbdd/promoted/web", "");
  assert.equal(await trial.services.find(true, AbortSignal.abort()), "inactive");
  assert.ok("/run/drbdd/promoted/web" in trial.effects.files.all());
  assert.equal(await trial.services.find(true, new AbortController().signal), "halfStopped");
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(trial.ran, ["down"]);
  assert.deepEqual(Object.keys(trial.effects.files.all()), []);
  assert.equal(await trial.another().find(true), "inactive");
});

Deno.test("ShellServices starts anyway where its mark cannot be written, and says what that leads to", async () => {
  const trial = new Trial({ start: ["serve"] });
  trial.effects.files.failing.set("/run/drbdd/promoted/web", "Read-only file system");
  assert.deepEqual(await trial.services.start(), { outcome: "ok" });
  assert.match(
    trial.log.from("warn").join(),
    /Read-only file system.*restarted while the resource is Primary may not manage it/,
  );
});

Deno.test("ShellServices.find() is inactive when it is demoted while the monitor looks", async () => {
  const trial = new Trial({ start: ["serve"], monitor: "ask" });
  trial.isPrimary = true;
  const held = trial.hold("ask");
  const found = trial.services.find(true);
  await settle();
  trial.isPrimary = false;
  held[0]?.exit(1);
  assert.equal(await found, "inactive");
});

Deno.test("ShellServices.watch() runs the monitor and reports each failure, until it is aborted", async () => {
  const trial = new Trial({ start: ["serve"], monitor: "ask" });
  const failed: string[] = [];
  const abort = new AbortController();
  trial.services.watch(
    { failed: (unit) => failed.push(unit), missing: () => {}, seen: () => {} },
    abort.signal,
  );
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(trial.ran, ["ask"]);
  assert.deepEqual(failed, []);
  trial.fail("ask");
  await trial.effects.clock.advance(4_500);
  assert.deepEqual(failed, ["the services"]);
  await trial.effects.clock.advance(4_500);
  assert.equal(failed.length, 2);
  abort.abort();
  await trial.effects.clock.advance(60_000);
  assert.equal(failed.length, 2);
});

Deno.test("ShellServices.watch() logs a monitor that fails again and again at a falling rate", async () => {
  const trial = new Trial({ start: ["serve"], monitor: "ask" });
  const abort = new AbortController();
  trial.services.watch({ failed: () => {}, missing: () => {}, seen: () => {} }, abort.signal);
  const warnings = async (afterMs: number) => {
    await trial.effects.clock.advance(afterMs);
    return trial.log.from("warn").filter((line) => line.includes('the monitor command "ask" failed')).length;
  };
  trial.fail("ask");
  // Each look takes 4 s and what is left of the command's output.
  assert.equal(await warnings(5 * 4_500), 3);
  assert.equal(await warnings(20 * 4_500), 5);
  trial.plays.delete("ask");
  assert.equal(await warnings(10_000), 5);
  trial.fail("ask");
  assert.equal(await warnings(5_000), 6);
  abort.abort();
  await trial.effects.clock.advance(10_000);
});

Deno.test("ShellServices.watch(): a monitor without an answer for 30 s has found something", async () => {
  const trial = new Trial({ start: ["serve"], monitor: "ask" });
  const failed: string[] = [];
  const abort = new AbortController();
  trial.hold("ask");
  trial.services.watch(
    { failed: (unit) => failed.push(unit), missing: () => {}, seen: () => {} },
    abort.signal,
  );
  await trial.effects.clock.advance(4_000 + 29_999);
  assert.deepEqual(failed, []);
  await trial.effects.clock.advance(501);
  assert.deepEqual(failed, ["the services"]);
  abort.abort();
  await trial.effects.clock.advance(1_000);
});

Deno.test("ShellServices.watch() without a monitor watches nothing", async () => {
  const trial = new Trial();
  trial.services.watch(
    { failed: () => assert.fail(), missing: () => {}, seen: () => {} },
    new AbortController().signal,
  );
  await trial.effects.clock.advance(60_000);
  assert.deepEqual(trial.ran, []);
});

Deno.test("ShellServices.restart() stops all and starts all", async () => {
  const trial = new Trial({ start: ["a", "b"] });
  assert.deepEqual(await trial.services.restart(), { outcome: "ok" });
  assert.deepEqual(trial.ran, ["b", "a", "a", "b"]);
});

Deno.test("ShellServices.leave() takes back a start that is going on, when drbdd ends after its stops", async () => {
  const trial = new Trial();
  trial.hold("mount");
  void trial.services.start();
  await settle();
  let isOver = false;
  const leave = trial.services.leave(true).then(() => isOver = true);
  const held = trial.hold("serve");
  await trial.effects.clock.advance(500);
  assert.deepEqual(trial.ran, ["promote", "mount", "serve"]);
  assert.equal(isOver, false);
  trial.plays.clear();
  held[0]?.exit(0);
  await leave;
  assert.deepEqual(trial.ran, ["promote", "mount", "serve", "mount", "promote"]);
});

Deno.test("ShellServices.leave() runs nothing when nothing goes on", async () => {
  const trial = new Trial();
  await trial.services.start();
  await trial.services.leave(true);
  assert.deepEqual(trial.ran, ["promote", "mount", "serve"]);
});

Deno.test("ShellServices.leave() at a reload waits for nothing; who comes next for the resource does", async () => {
  const trial = new Trial();
  const held = trial.hold("serve");
  void trial.services.stop();
  await settle();
  await trial.services.leave(false);
  const next = trial.another();
  let found: string | undefined;
  const find = next.find(true).then((result) => found = result);
  await settle();
  assert.equal(found, undefined);
  trial.plays.clear();
  held[0]?.exit(0);
  await find;
  assert.equal(found, "inactive");
  assert.deepEqual(trial.ran, ["serve", "mount", "promote"]);
});

Deno.test("ShellServices cannot freeze, and has nothing to thaw", async () => {
  const trial = new Trial();
  assert.equal((await trial.services.freeze()).outcome, "failed");
  assert.deepEqual(await trial.services.thaw(), { outcome: "ok" });
});

Deno.test("ShellServices.watch() is silent while services are restarted, also about what was asked before", async () => {
  const trial = new Trial({ start: ["serve"], stop: ["end"], monitor: "ask" });
  const failed: string[] = [];
  const abort = new AbortController();
  const asked = trial.hold("ask");
  trial.services.watch(
    { failed: (unit) => failed.push(unit), missing: () => {}, seen: () => {} },
    abort.signal,
  );
  await trial.effects.clock.advance(4_000);
  const serving = trial.hold("serve");
  const restart = trial.services.restart();
  asked[0]?.exit(1);
  trial.fail("ask");
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(trial.ran, ["ask", "end", "serve"]);
  assert.deepEqual(failed, []);
  serving[0]?.exit(0);
  await restart;
  await trial.effects.clock.advance(4_500);
  assert.deepEqual(failed, ["the services"]);
  abort.abort();
  await trial.effects.clock.advance(1_000);
});
