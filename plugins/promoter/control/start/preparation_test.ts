import assert from "node:assert/strict";
import { LogRecorder } from "../../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../../../tests/support/simulated/simulated_processes.ts";
import { adjust } from "./preparation.ts";

function world(devices: string, adjusted: (args: readonly string[]) => number = () => 0) {
  const effects = new SimulatedEffects();
  const calls: string[] = [];
  effects.processes.install("drbdadm", (role) => {
    const args = role.argv.slice(1);
    calls.push(args.join(" "));
    if (args[0] === "sh-ll-dev") role.print(devices);
    const code = args[0] === "adjust" ? adjusted(args) : 0;
    if (code !== 0) role.complain("no such resource\n");
    role.exit(code);
  });
  return { effects, calls, log: new LogRecorder(), abort: new AbortController() };
}

Deno.test("adjust() runs drbdadm adjust at once, and asks for nothing else if that goes well", async () => {
  const { effects, calls, log, abort } = world("/dev/vg/a\n");
  await adjust(effects, log, "web", abort.signal);
  assert.deepEqual(calls, ["adjust web"]);
  assert.deepEqual(log.lines, []);
});

Deno.test("adjust() that failed waits for missing backing devices, says so once a minute, then adjusts again", async () => {
  const { effects, calls, log, abort } = world("/dev/vg/a\n/dev/vg/b\n", () => calls.length > 1 ? 0 : 10);
  effects.files.putBlockDevice("/dev/vg/a");
  const waits: (string | undefined)[] = [];
  const done = adjust(effects, log, "web", abort.signal, { onWait: (what) => waits.push(what) });
  await effects.clock.advance(61_000);
  assert.equal(waits.at(-1), "its backing device /dev/vg/b");
  assert.deepEqual(calls, ["adjust web", "sh-ll-dev web"]);
  assert.deepEqual(log.lines, Array(2).fill("warn: web: waits for its backing device /dev/vg/b"));
  effects.files.putBlockDevice("/dev/vg/b");
  await effects.clock.advance(2_000);
  await done;
  assert.deepEqual(calls, ["adjust web", "sh-ll-dev web", "adjust web"]);
  assert.equal(log.lines.length, 2);
  assert.equal(waits.at(-1), undefined);
});

Deno.test("adjust() joins one of the same resource that goes on, as since before a reload, and it is reported once", async () => {
  const effects = new SimulatedEffects();
  const hanging: Role[] = [];
  effects.processes.install("drbdadm", (role) => void hanging.push(role));
  const log = new LogRecorder();
  const { signal } = new AbortController();
  const both = [adjust(effects, log, "web", signal), adjust(effects, log, "web", signal)];
  const other = adjust(effects, log, "db", signal);
  await effects.clock.advance(11_000);
  assert.deepEqual(hanging.map(({ argv }) => argv.at(-1)), ["web", "db"]);
  assert.equal(log.lines.filter((each) => each.includes("web: drbdadm adjust is still going on")).length, 1);
  for (const role of hanging) role.exit(0);
  await Promise.all([...both, other]);
  const again = adjust(effects, log, "web", signal);
  await settle();
  assert.equal(hanging.length, 3);
  hanging[2]?.exit(0);
  await again;
});

Deno.test("adjust() that hangs is what is waited for after 10 s, until it ends", async () => {
  const effects = new SimulatedEffects();
  const hanging: Role[] = [];
  effects.processes.install("drbdadm", (role) => void hanging.push(role));
  const waits: (string | undefined)[] = [];
  const done = adjust(effects, new LogRecorder(), "web", new AbortController().signal, {
    onWait: (what) => waits.push(what),
  });
  await effects.clock.advance(9_000);
  assert.deepEqual(waits, []);
  await effects.clock.advance(2_000);
  assert.deepEqual(waits, ["drbdadm adjust web, which does not end"]);
  hanging[0]?.exit(0);
  await done;
  assert.equal(waits.at(-1), undefined);
});

Deno.test("adjust() of a name that drbdadm does not know says which was probably meant", async () => {
  const { effects, log, abort } = world("none\n", () => 10);
  const failures: string[] = [];
  await adjust(effects, log, "wbe", abort.signal, {
    meant: () => "web",
    onFailed: (why) => failures.push(why),
  });
  assert.match(
    log.lines.join(),
    /^warn: wbe: cannot adjust the resource: .*no such resource \(did you mean "web"\?\)$/,
  );
  assert.match(failures.join(), /\(did you mean "web"\?\)$/);
});

Deno.test("adjust() that fails is said, and that is all", async () => {
  const { effects, log, abort } = world("none\n", () => 10);
  await adjust(effects, log, "web", abort.signal);
  assert.deepEqual(log.lines, [
    'warn: web: cannot adjust the resource: "drbdadm adjust web" failed: exit code 10: no such resource',
  ]);
});

Deno.test("adjust() without drbdadm is said, too", async () => {
  const effects = new SimulatedEffects();
  const log = new LogRecorder();
  await adjust(effects, log, "web", new AbortController().signal);
  assert.match(log.lines.join(), /^warn: web: cannot adjust the resource: Cannot start drbdadm/);
});

Deno.test("adjust() that is not wanted any more ends without a word, and adjusts nothing", async () => {
  const { effects, calls, log, abort } = world("/dev/vg/a\n", () => 10);
  const done = adjust(effects, log, "web", abort.signal);
  await settle();
  abort.abort();
  await done;
  assert.deepEqual(calls, ["adjust web", "sh-ll-dev web"]);
  assert.equal(log.lines.length, 1);
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("adjust() does not wait for a device that cannot be looked at", async () => {
  const { effects, calls, log, abort } = world("/dev/vg/a\n", () => 10);
  effects.files.failing.set("/dev/vg/a", "Permission denied");
  await adjust(effects, log, "web", abort.signal);
  assert.deepEqual(calls, ["adjust web", "sh-ll-dev web", "adjust web"]);
  assert.match(
    log.lines.join(),
    /^warn: web: cannot adjust the resource: .*: exit code 10: no such resource$/,
  );
});

Deno.test("adjust() does not wait longer than 5 minutes for drbdadm, says so, and tries again until it ends", async () => {
  const { effects, calls, log, abort } = world("none\n");
  const held: Role[] = [];
  effects.processes.install("drbdadm", (role) => {
    calls.push(role.argv.slice(1).join(" "));
    if (role.argv[1] === "adjust") return void held.push(role);
    role.exit(0);
  });
  let isOver = false;
  void adjust(effects, log, "web", abort.signal).then(() => isOver = true);
  await effects.clock.advance(299_000);
  assert.equal(isOver, false);
  assert.equal(log.lines[0], "info: web: drbdadm adjust is still going on after 10 s");
  await effects.clock.advance(1_000);
  assert.equal(isOver, true);
  assert.equal(
    log.lines.at(-1),
    'warn: web: cannot adjust the resource: "drbdadm adjust web" failed: no answer within 300 s; retrying in 5 s, ' +
      "starting its services meanwhile if DRBD allows it",
  );
  await effects.clock.advance(5_000);
  assert.equal(held.length, 2);
  held[1]?.exit(0);
  await settle();
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("adjust() that failed says why, though drbdadm then hangs before it has named the backing devices", async () => {
  const { effects, log, abort } = world("none\n");
  effects.processes.install("drbdadm", (role) => role.argv[1] === "adjust" ? role.exit(10) : undefined);
  const done = adjust(effects, log, "web", abort.signal);
  await effects.clock.advance(10_000);
  await done;
  assert.deepEqual(log.lines, [
    'warn: web: cannot adjust the resource: "drbdadm adjust web" failed: exit code 10',
  ]);
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("adjust() begins one resource in a turn of the event loop until something can be started, then several", async () => {
  const { effects, calls, log, abort } = world("none\n");
  const turns: (() => void)[] = [];
  effects.clock.nextTurn = () => new Promise((resolve) => void turns.push(resolve));
  let mayStart = false;
  const names = Array.from({ length: 12 }, (_, place) => `r${place}`);
  const all = names.map((name) => adjust(effects, log, name, abort.signal, { mayStart: () => mayStart }));
  await settle();
  assert.deepEqual(calls, ["adjust r0"]);
  turns.shift()?.();
  await settle();
  assert.deepEqual(calls, ["adjust r0", "adjust r1"]);
  mayStart = true;
  while (turns.length > 0) {
    turns.shift()?.();
    await settle();
  }
  await Promise.all(all);
  assert.deepEqual(calls.toSorted(), names.map((name) => `adjust ${name}`).toSorted());
});
