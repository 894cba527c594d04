import assert from "node:assert/strict";
import { DUMP_END, dumpOf } from "../../../tests/support/events2_text.ts";
import { LogRecorder } from "../../../tests/support/log_recorder.ts";
import { settle, SimulatedClock } from "../../../tests/support/simulated_clock.ts";
import { Broadcast } from "../plugins/broadcast.ts";
import { DaemonStats } from "../status/daemon_stats.ts";
import { Intake } from "./intake.ts";
import { Reader } from "./reader.ts";

const RESOURCES = 400;
const NAMES = Array.from({ length: RESOURCES }, (_, number) => `r${String(number).padStart(3, "0")}`);
const DUMP = [...NAMES.flatMap(dumpOf), DUMP_END];
/** Too much for a turn, on the clock below. */
const ALL_PRIMARY = NAMES.map((name) =>
  `change resource name:${name} role:Primary suspended:no force-io-failures:no may_promote:no promotion_score:1`
);

/** A clock that goes on half a millisecond at each look. Turns of others come when they are let. */
class SlowClock extends SimulatedClock {
  #lateMs = 0;
  readonly #waiting: (() => void)[] = [];

  override nowMs(): number {
    return super.nowMs() + (this.#lateMs += 0.5);
  }

  override nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Others had their turn. False if nobody waited for that. */
  async turn(): Promise<boolean> {
    const waiting = this.#waiting.splice(0);
    for (const resolve of waiting) resolve();
    await settle();
    return waiting.length > 0;
  }
}

class Trial {
  readonly clock = new SlowClock();
  readonly log = new LogRecorder();
  readonly stop = new AbortController();
  readonly reader = new Reader(this.log, new DaemonStats());
  readonly broadcast: Broadcast = new Broadcast(
    new SimulatedClock(),
    this.reader,
    undefined,
    () => this.intake.complete(),
  );
  /** For each chunk whether the picture was up to date before, and after. */
  readonly taken: [before: boolean, after: boolean][] = [];
  readonly intake: Intake;

  constructor() {
    this.reader.start();
    this.intake = new Intake(this.clock, this.reader, {
      parts: (step) => this.broadcast.parts(step),
      taken: (_step, wasLive) => void this.taken.push([wasLive, this.intake.live]),
    });
  }

  take(...lines: string[]): Promise<void> | undefined {
    return this.intake.take(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  /** Takes a chunk to its end. Returns how many turns others had meanwhile. */
  async takeWhole(...lines: string[]): Promise<number> {
    const over = this.take(...lines);
    let turns = 0;
    while (await this.clock.turn()) turns++;
    await over;
    return turns;
  }

  primaries(): number {
    return [...this.intake.cluster()].filter(({ role }) => role === "Primary").length;
  }
}

async function afterDump(): Promise<Trial> {
  const trial = new Trial();
  await trial.takeWhole(...DUMP);
  return trial;
}

Deno.test("Intake takes little at once, and tells when all of it is taken", () => {
  const trial = new Trial();
  assert.equal(trial.take(...dumpOf("web"), DUMP_END), undefined);
  assert.deepEqual(trial.taken, [[false, true]]);
});

Deno.test("Intake gives others their turn while it takes much", async () => {
  const trial = await afterDump();
  assert.ok(await trial.takeWhole(...ALL_PRIMARY) > 2);
  assert.deepEqual(trial.taken, [[false, true], [true, true]]);
  assert.equal(trial.primaries(), RESOURCES);
});

const LOOKS: readonly [name: string, look: (trial: Trial) => unknown, want: unknown][] = [
  ["all resources", (trial) => trial.primaries(), RESOURCES],
  ["the last one", ({ intake }) => intake.resource(NAMES.at(-1) ?? "")?.role, "Primary"],
  ["the summary", ({ intake }) => intake.summary().primary, RESOURCES],
];

for (const [name, look, want] of LOOKS) {
  Deno.test(`Intake shows a chunk as a whole to who looks at ${name} before it is taken`, async () => {
    const trial = await afterDump();
    const over = trial.take(...ALL_PRIMARY);
    assert.equal(trial.taken.length, 1);
    assert.equal(look(trial), want);
    assert.equal(trial.taken.length, 2);
    await trial.clock.turn();
    await over;
    assert.equal(trial.taken.length, 2);
  });
}

for (const [name, look] of [["known", "known"], ["live", "live"]] as const) {
  Deno.test(`Intake is ${name} for who asks in the middle of the chunk that ends the dump`, async () => {
    const trial = new Trial();
    const over = trial.take(...DUMP);
    assert.equal(trial.taken.length, 0);
    assert.equal(trial.intake[look], true);
    await trial.clock.turn();
    await over;
  });
}

Deno.test("Intake does a part of what is left of a chunk for who catches up", async () => {
  const trial = await afterDump();
  const over = trial.take(...ALL_PRIMARY);
  let parts = 0;
  for (; trial.taken.length === 1; parts++) assert.equal(trial.intake.catchUp(1_000_000), true);
  assert.ok(parts > 2, `${parts} parts`);
  assert.equal(trial.intake.catchUp(1_000_000), false);
  await trial.clock.turn();
  await over;
});

/** Subscribes in the middle of a chunk, after each number of turns that it takes. */
async function inTheMiddle(subscribe: (trial: Trial) => Promise<void>): Promise<void> {
  for (let turns = 0, isOver = false; !isOver; turns++) {
    const trial = await afterDump();
    trial.broadcast.changes(undefined, trial.stop.signal, trial.log);
    const over = trial.take(...ALL_PRIMARY);
    for (let turn = 0; turn < turns; turn++) await trial.clock.turn();
    isOver = trial.taken.length === 2;
    await subscribe(trial);
    while (await trial.clock.turn());
    await over;
    trial.stop.abort();
  }
}

Deno.test("who subscribes to changes while a chunk is taken is told what there is after it, once", async () => {
  await inTheMiddle(async ({ broadcast, stop, log, clock }) => {
    const changes = broadcast.changes({ kinds: ["resource"] }, stop.signal, log);
    while (await clock.turn());
    const told = await taken(changes);
    assert.deepEqual(told.map(({ type, name }) => `${type} ${name}`), NAMES.map((name) => `exists ${name}`));
    assert.ok(told.every(({ resource }) => resource.role === "Primary"));
  });
});

Deno.test("who subscribes to resources while a chunk is taken is shown all as they are after it", async () => {
  await inTheMiddle(async ({ broadcast, stop }) => {
    const shown = await taken(broadcast.resources(undefined, stop.signal));
    assert.deepEqual(shown.map(({ name }) => name), NAMES);
    assert.ok(shown.every(({ resource }) => resource?.role === "Primary"));
  });
});

Deno.test("Intake fails for who gave the chunk when it fails for who looks", async () => {
  const trial = new Trial();
  await trial.takeWhole(...DUMP);
  const broken = new Intake(trial.clock, trial.reader, {
    *parts() {
      yield;
      throw new Error("broken");
    },
    taken: () => {},
  });
  const over = broken.take(new TextEncoder().encode(ALL_PRIMARY.map((line) => `${line}\n`).join("")));
  assert.throws(() => broken.cluster(), /broken/);
  const failed = assert.rejects(async () => await over, /broken/);
  await trial.clock.turn();
  await failed;
});

Deno.test("Intake takes one chunk after the other", async () => {
  const trial = await afterDump();
  const over = trial.take(...ALL_PRIMARY);
  assert.throws(() => trial.take(...ALL_PRIMARY), /before the last one was taken/);
  while (await trial.clock.turn());
  await over;
});

/** What waits in a subscription. */
async function taken<Value>(subscription: AsyncIterator<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (;;) {
    const next = subscription.next();
    const result = await Promise.race([next, settle().then(() => undefined)]);
    if (result === undefined || result.done === true) return values;
    values.push(result.value);
  }
}
