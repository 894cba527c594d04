import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Program, Role } from "../../../tests/support/simulated/simulated_processes.ts";
import { Events2Source } from "./events2_source.ts";

/** A source under a simulated clock, and what it reported. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly news: string[] = [];
  readonly stop = new AbortController();
  readonly source = new Events2Source(this.effects, this.log, 60_000);
  over: Promise<void> = Promise.resolve();
  onChunk: () => Promise<void> | void = () => {};

  constructor(play: Program | undefined) {
    this.effects.processes.install("drbdsetup", play);
    this.over = this.source.run(this.stop.signal, {
      started: () => this.news.push("started"),
      chunk: (bytes) => {
        this.news.push(new TextDecoder().decode(bytes));
        return this.onChunk();
      },
      ended: (reason, restartInMs) => this.news.push(`ended: ${reason}; ${restartInMs}`),
    });
  }

  get child(): Role {
    const last = this.effects.processes.started.at(-1);
    assert.ok(last, "drbdsetup was never started");
    return last.role;
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.effects.clock.advance(10_000);
    await this.over;
    assert.deepEqual(this.effects.processes.alive, [], "a child was left behind");
    assert.equal(this.effects.clock.pendingTimers, 0, "a timer was left behind");
  }
}

const idle: Program = (role) => {
  role.onEndOfInput = () => role.exit(0);
};

Deno.test("Events2Source starts drbdsetup events2 with exactly its arguments and a small environment", async () => {
  const trial = new Trial(idle);
  await settle();
  assert.deepEqual(trial.child.argv, ["drbdsetup", "events2", "--full", "--poll"]);
  assert.deepEqual(Object.keys(trial.child.env).sort(), ["LC_ALL", "PATH"]);
  await trial.end();
});

Deno.test("Events2Source hands on output as it comes", async () => {
  const trial = new Trial(idle);
  await settle();
  trial.child.print("exists -\n");
  await settle();
  trial.child.print("change res");
  await settle();
  assert.deepEqual(trial.news, ["started", "exists -\n", "change res"]);
  await trial.end();
});

Deno.test("Events2Source lets all else have its turn when it has been busy with output for a while", async () => {
  const trial = new Trial(idle);
  const { clock } = trial.effects;
  let nowMs = 0;
  const turns: number[] = [];
  clock.nowMs = () => nowMs;
  clock.nextTurn = () => {
    turns.push(trial.news.length);
    return Promise.resolve();
  };
  trial.onChunk = () => void (nowMs += 3);
  await settle();
  for (let count = 0; count < 7; count++) {
    trial.child.print("change nothing\n");
    // Waiting for output is no work.
    nowMs += 100;
    await settle();
  }
  assert.deepEqual(turns, [3, 5, 7]);
  await trial.end();
});

Deno.test("Events2Source hands on as a whole what was printed at once, as far as a pipe holds it", async () => {
  const trial = new Trial(idle);
  await settle();
  const text = Array.from({ length: 4_000 }, (_, number) => `change ${number}\n`).join("");
  assert.ok(text.length > 40_000 && text.length < 65_536);
  trial.child.print(text);
  await settle();
  assert.deepEqual(trial.news, ["started", text]);
  await trial.end();
});

Deno.test("Events2Source asks for statistics at its interval, and at a new one at once", async () => {
  const asked: number[] = [];
  const trial = new Trial((role) => {
    role.onInput = (text) => {
      assert.equal(text, "n\n");
      asked.push(trial.effects.clock.nowMs());
    };
    role.onEndOfInput = () => role.exit(0);
  });
  await trial.effects.clock.advance(120_000);
  trial.source.setStatisticsPollInterval(10_000);
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(asked, [60_000, 120_000, 130_000, 140_000]);
  await trial.end();
});

for (
  const { name, end, reason } of [
    { name: "ends with exit code 0", end: (role: Role) => role.exit(0), reason: /ended by itself/ },
    { name: "is refused by the kernel", end: (role: Role) => role.exit(10), reason: /kernel refused/ },
    { name: "lacks the module", end: (role: Role) => role.exit(20), reason: /kernel module loaded/ },
    { name: "sees the module unloaded", end: (role: Role) => role.exit(121), reason: /unloaded/ },
    { name: "ends with another code", end: (role: Role) => role.exit(3), reason: /exit code 3/ },
    { name: "is killed", end: (role: Role) => role.die("SIGKILL"), reason: /killed by SIGKILL/ },
  ]
) {
  Deno.test(`Events2Source starts drbdsetup again when it ${name}, and says why`, async () => {
    const trial = new Trial(idle);
    await settle();
    end(trial.child);
    await settle();
    assert.match(trial.news[1] ?? "", reason);
    await trial.effects.clock.advance(200);
    assert.equal(trial.effects.processes.started.length, 2);
    await trial.end();
  });
}

Deno.test("Events2Source waits longer after each failure, up to 10 s, and short again after a life of a minute", async () => {
  const trial = new Trial((role) => role.exit(20));
  await trial.effects.clock.advance(40_000);
  const waits = trial.news.filter((news) => news.startsWith("ended")).map((news) =>
    Number(news.split("; ")[1])
  );
  assert.deepEqual(waits.slice(0, 9), [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  trial.effects.processes.install("drbdsetup", idle);
  await trial.effects.clock.advance(10_000);
  await trial.effects.clock.advance(60_000);
  trial.child.exit(0);
  await settle();
  assert.match(trial.news.at(-1) ?? "", /; 200$/);
  await trial.end();
});

Deno.test("Events2Source keeps trying when there is no drbdsetup, and says so", async () => {
  const trial = new Trial(undefined);
  await trial.effects.clock.advance(300);
  assert.deepEqual(trial.news, [
    "ended: Cannot start drbdsetup: it was not found in PATH; 200",
    "ended: Cannot start drbdsetup: it was not found in PATH; 400",
  ]);
  trial.effects.processes.install("drbdsetup", idle);
  await trial.effects.clock.advance(1_000);
  assert.equal(trial.news.at(-1), "started");
  await trial.end();
});

for (
  const { when, withinMs, end } of [
    { when: "for a new dump", withinMs: 2_000, end: (trial: Trial) => trial.source.restart() },
    { when: "when drbdd ends", withinMs: 50, end: (trial: Trial) => trial.stop.abort() },
  ]
) {
  Deno.test(`Events2Source kills a child that ignores SIGTERM and the end of its input: ${when}`, async () => {
    const trial = new Trial((role) => {
      role.onSignal = () => {};
    });
    await settle();
    end(trial);
    await trial.effects.clock.advance(withinMs - 1);
    assert.equal(trial.effects.processes.alive.length, 1);
    await trial.effects.clock.advance(1);
    assert.equal(trial.effects.processes.alive.length, 0);
    await trial.end();
  });
}

Deno.test("Events2Source logs what drbdsetup complains about, up to a bound", async () => {
  const trial = new Trial(idle);
  await settle();
  trial.child.complain("first\nsecond\n" + Array.from({ length: 200 }, (_, at) => `more ${at}\n`).join(""));
  trial.child.exit(20);
  await settle();
  assert.deepEqual(trial.log.lines.slice(0, 2), [
    "warn: drbdsetup says: first",
    "warn: drbdsetup says: second",
  ]);
  assert.equal(trial.log.lines.length, 101);
  assert.match(trial.log.lines.at(-1) ?? "", /102 more lines/);
  await trial.end();
});

Deno.test("Events2Source stops at once while it waits to start again", async () => {
  const trial = new Trial((role) => role.exit(20));
  await trial.effects.clock.advance(5_000);
  trial.stop.abort();
  await trial.over;
  await trial.end();
});

Deno.test("Events2Source reads no more before what it read is taken", async () => {
  const trial = new Trial(idle);
  let take = () => {};
  trial.onChunk = () => new Promise((resolve) => take = resolve);
  await settle();
  trial.child.print("change one\n");
  await settle();
  trial.child.print("change two\n");
  await settle();
  assert.deepEqual(trial.news, ["started", "change one\n"]);
  take();
  await settle();
  assert.deepEqual(trial.news, ["started", "change one\n", "change two\n"]);
  take();
  await trial.end();
});
