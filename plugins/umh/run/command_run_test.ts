import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { Pipe } from "../../../tests/support/simulated/simulated_processes.ts";
import type { Child, ExitStatus, RunResult, SignalName, SpawnOptions } from "../../../src/effects/effects.ts";
import { TurnLimiter } from "../../../src/effects/waiting/turn_limiter.ts";
import { CommandRun } from "./command_run.ts";
import { JOIN_TASK_GROUP } from "./task_group.ts";

const PID = 4712;

/** A command of which the shell, its output and its group end each by itself. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly spawned: { argv: readonly string[]; options: SpawnOptions }[] = [];
  /** Signals to the group, with their time. */
  readonly signals: string[] = [];
  /** Whether processes are left in the group when the shell is gone. */
  groupIsLeft = false;
  /** What the system says to signals. */
  refusal: string | undefined;
  onSignal: (signal: string) => void = () => {};
  readonly #pipe = new Pipe();
  #endShell: (status: ExitStatus) => void = () => {};
  readonly run: CommandRun;
  ended: ExitStatus | undefined;
  gone = false;

  constructor() {
    const { processes } = this.effects;
    processes.spawn = (argv, options) => {
      this.spawned.push({ argv, options });
      return this.#child();
    };
    processes.run = (argv) => this.#askShell(argv);
    const command = { label: "my rule", command: "echo $A", env: { A: "b" } };
    this.run = new CommandRun(this.effects, this.log, command, new TurnLimiter(this.effects.clock, 1));
    void this.run.ended.then((status) => this.ended = status);
    void this.run.gone.then(() => this.gone = true);
  }

  print(text: string): void {
    this.#pipe.put(new TextEncoder().encode(text));
  }

  async endShell(status: Partial<ExitStatus>): Promise<void> {
    this.#endShell({ code: undefined, signal: undefined, ...status });
    await settle();
  }

  async endOutput(): Promise<void> {
    this.#pipe.close();
    await settle();
  }

  #child(): Child {
    return {
      pid: PID,
      stdout: this.#pipe.stream,
      stderr: Pipe.holding(),
      write: () => Promise.reject(new Error("no standard input")),
      closeStdin: () => Promise.resolve(),
      kill: (signal: SignalName) => this.#signal(signal),
      status: new Promise((resolve) => this.#endShell = resolve),
    };
  }

  /** The shell that signals the group when the first one is gone. */
  #askShell([shell, , script = ""]: readonly string[]): Promise<RunResult> {
    assert.equal(shell, "/bin/sh");
    const [, pid, signal, group] = /^test ! -e \/proc\/(\d+) && kill -(\w+) -(\d+)$/.exec(script) ?? [];
    assert.equal(pid, String(PID), script);
    assert.equal(group, String(PID), script);
    const code = this.groupIsLeft ? 0 : 1;
    if (signal !== "0" && this.groupIsLeft) this.#signal(`SIG${signal} late`);
    return Promise.resolve({ code, signal: undefined, stdout: "", stderr: "" });
  }

  #signal(signal: string): void {
    if (this.refusal !== undefined) throw new Error(this.refusal);
    this.signals.push(`${signal} at ${this.effects.clock.nowMs()}`);
    this.onSignal(signal);
  }
}

Deno.test("CommandRun knows when the shell ended, though somebody holds its output open", async () => {
  const trial = new Trial();
  await trial.effects.clock.advance(70);
  assert.equal(trial.run.shellEndedMs, undefined);
  await trial.endShell({ code: 0 });
  await trial.effects.clock.advance(1_000);
  assert.deepEqual([trial.run.shellEndedMs, trial.ended?.code], [70, 0]);
  await trial.endOutput();
});

Deno.test("CommandRun runs the command by /bin/sh -c in a group of its own, with exactly its environment", () => {
  const trial = new Trial();
  assert.deepEqual(trial.spawned, [
    { argv: ["/bin/sh", "-c", `${JOIN_TASK_GROUP}echo $A`], options: { env: { A: "b" }, group: true } },
  ]);
});

Deno.test("CommandRun logs output as it comes, and ends with the shell", async () => {
  const trial = new Trial();
  trial.print("one\ntw");
  await settle();
  assert.deepEqual(trial.log.lines, ["info: Rule my rule: one"]);
  trial.print("o\n");
  await trial.endOutput();
  assert.equal(trial.ended, undefined);
  await trial.endShell({ code: 3 });
  assert.deepEqual(trial.ended, { code: 3, signal: undefined });
  assert.equal(trial.gone, true);
  assert.deepEqual(trial.log.lines.slice(1), ["info: Rule my rule: two"]);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("CommandRun says once that it logs no more than 64 KiB of output", async () => {
  const trial = new Trial();
  for (let line = 0; line < 80; line++) trial.print("x".repeat(1023) + "\n");
  await trial.endOutput();
  await trial.endShell({ code: 0 });
  assert.equal(trial.log.lines.length, 65);
  assert.equal(
    trial.log.lines.at(-1),
    "info: Rule my rule: output beyond 64 KiB is not logged",
  );
});

Deno.test("CommandRun has ended half a second after the shell, though somebody holds its output open", async () => {
  const trial = new Trial();
  await trial.endShell({ code: 0 });
  await trial.effects.clock.advance(499);
  assert.equal(trial.ended, undefined);
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.ended, { code: 0, signal: undefined });
  assert.equal(trial.gone, false);
  assert.equal(trial.run.isLeftover, true);
  trial.print("from the background\n");
  await trial.endOutput();
  assert.equal(trial.gone, true);
  assert.deepEqual(trial.log.lines, ["info: Rule my rule: from the background"]);
});

Deno.test("CommandRun.end() is SIGTERM, and nothing more if all of the group end", async () => {
  const trial = new Trial();
  trial.run.end();
  trial.run.end();
  await trial.effects.clock.advance(1000);
  await trial.endOutput();
  await trial.endShell({ signal: "SIGTERM" });
  assert.equal(trial.gone, true);
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(trial.signals, ["SIGTERM at 0"]);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("CommandRun.end() is SIGKILL after 5 s for a shell that does not heed SIGTERM", async () => {
  const trial = new Trial();
  trial.run.end();
  await trial.effects.clock.advance(4_999);
  assert.deepEqual(trial.signals, ["SIGTERM at 0"]);
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.signals, ["SIGTERM at 0", "SIGKILL at 5000"]);
  await trial.endOutput();
  await trial.endShell({ signal: "SIGKILL" });
  assert.equal(trial.gone, true);
});

Deno.test("CommandRun.end() gives those in the group that do not hold the output their 5 s, too", async () => {
  const trial = new Trial();
  trial.groupIsLeft = true;
  trial.run.end();
  await trial.endOutput();
  await trial.endShell({ signal: "SIGTERM" });
  await trial.effects.clock.advance(4_999);
  assert.equal(trial.gone, false);
  assert.deepEqual(trial.signals, ["SIGTERM at 0"]);
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.signals, ["SIGTERM at 0", "SIGKILL late at 5000"]);
  assert.equal(trial.gone, true);
});

Deno.test("CommandRun.end() is over as soon as nobody is left in the group", async () => {
  const trial = new Trial();
  trial.groupIsLeft = true;
  trial.run.end();
  await trial.endOutput();
  await trial.endShell({ signal: "SIGTERM" });
  await trial.effects.clock.advance(1_000);
  trial.groupIsLeft = false;
  await trial.effects.clock.advance(100);
  assert.equal(trial.gone, true);
  assert.deepEqual(trial.signals, ["SIGTERM at 0"]);
});

Deno.test("CommandRun.end() reaches what the shell left in the background", async () => {
  const trial = new Trial();
  await trial.endShell({ code: 0 });
  await trial.effects.clock.advance(60_000);
  trial.groupIsLeft = true;
  trial.run.end();
  await trial.effects.clock.advance(5_000);
  assert.deepEqual(trial.signals, ["SIGTERM late at 60000", "SIGKILL late at 65000"]);
  await trial.endOutput();
  assert.equal(trial.gone, true);
});

Deno.test("CommandRun.end() does nothing when nothing is left", async () => {
  const trial = new Trial();
  await trial.endOutput();
  await trial.endShell({ code: 0 });
  trial.run.end();
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(trial.signals, []);
});

Deno.test("CommandRun says what the system does not let it end, and can be abandoned", async () => {
  const trial = new Trial();
  trial.refusal = "not permitted";
  trial.run.end();
  await trial.effects.clock.advance(5_400);
  assert.deepEqual(trial.log.from("error"), [
    "error: Cannot send SIGTERM to the command of rule my rule: not permitted",
    "error: Cannot send SIGKILL to the command of rule my rule: not permitted",
  ]);
  trial.run.abandon();
  await trial.endShell({ code: 0 });
  assert.equal(trial.gone, true);
});

Deno.test("CommandRun tries SIGKILL again, as the end of the shell makes room for the process that sends it", async () => {
  const trial = new Trial();
  trial.groupIsLeft = true;
  trial.refusal = "no more processes";
  trial.run.end();
  await trial.effects.clock.advance(5_100);
  await trial.endShell({ signal: "SIGKILL" });
  trial.refusal = undefined;
  await trial.effects.clock.advance(100);
  assert.deepEqual(trial.signals, ["SIGKILL late at 5200"]);
  await trial.endOutput();
  assert.equal(trial.gone, true);
  assert.equal(trial.log.from("error").length, 1);
});

Deno.test("CommandRun.end() can be called again when it has failed", async () => {
  const trial = new Trial();
  trial.refusal = "no more processes";
  trial.run.end();
  await trial.effects.clock.advance(5_400);
  trial.refusal = undefined;
  trial.run.end();
  await trial.effects.clock.advance(5_000);
  assert.deepEqual(trial.signals, ["SIGTERM at 5400", "SIGKILL at 10400"]);
});
