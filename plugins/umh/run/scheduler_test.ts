import assert from "node:assert/strict";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { Line, Scheduler } from "./scheduler.ts";

/** A scheduler with jobs that run until the test ends them. */
class Trial {
  readonly clock = new SimulatedClock();
  readonly reports: number[] = [];
  readonly scheduler: Scheduler;
  /** Names of jobs in the order in which they began. */
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();
  waiting = 0;

  constructor(places: number) {
    this.scheduler = new Scheduler(this.clock, places, (count) => this.reports.push(count));
  }

  line(places: number, ordered = false): Line {
    return new Line(places, ordered, { waiting: (change) => this.waiting += change });
  }

  add(line: Line, name: string, key = "web"): void {
    this.scheduler.add(line, key, () => {
      this.begun.push(name);
      return new Promise((resolve) => this.#ends.set(name, resolve));
    });
  }

  /** The next turn of the event loop. */
  async turn(): Promise<void> {
    await this.clock.advance(0);
  }

  get running(): string[] {
    return [...this.#ends.keys()];
  }

  async end(...names: string[]): Promise<void> {
    for (const name of names) {
      const end = this.#ends.get(name);
      assert.ok(end, `${name} does not run`);
      this.#ends.delete(name);
      end();
    }
    await settle();
    await this.turn();
  }
}

Deno.test("Scheduler starts jobs at once while there are places; others wait in order", async () => {
  const trial = new Trial(2);
  const line = trial.line(10);
  for (const name of ["a", "b", "c", "d"]) trial.add(line, name);
  assert.deepEqual(trial.running, [], "others have not had their turn");
  assert.equal(trial.waiting, 4);
  await trial.turn();
  assert.deepEqual(trial.running, ["a", "b"]);
  assert.equal(trial.waiting, 2);
  await trial.end("b");
  assert.deepEqual(trial.running, ["a", "c"]);
  await trial.end("a", "c");
  assert.deepEqual(trial.begun, ["a", "b", "c", "d"]);
  assert.equal(trial.waiting, 0);
});

Deno.test("Scheduler: jobs of different lines share the places and wait in one order", async () => {
  const trial = new Trial(1);
  const [one, two] = [trial.line(10), trial.line(10)];
  trial.add(one, "1a");
  trial.add(two, "2a");
  trial.add(one, "1b");
  trial.add(two, "2b");
  await trial.turn();
  for (const name of ["1a", "2a", "1b", "2b"]) await trial.end(name);
  assert.deepEqual(trial.begun, ["1a", "2a", "1b", "2b"]);
});

Deno.test("Scheduler: a line that is full holds up no other", async () => {
  const trial = new Trial(3);
  const [narrow, wide] = [trial.line(1), trial.line(10)];
  trial.add(narrow, "n1");
  trial.add(narrow, "n2");
  trial.add(wide, "w1");
  trial.add(wide, "w2");
  await trial.turn();
  assert.deepEqual(trial.running, ["n1", "w1", "w2"]);
  await trial.end("w1");
  assert.deepEqual(trial.running, ["n1", "w2"]);
  await trial.end("n1");
  assert.deepEqual(trial.running, ["w2", "n2"]);
});

Deno.test("Scheduler: an ordered line does one job of a key at a time, in order, and other keys meanwhile", async () => {
  const trial = new Trial(10);
  const line = trial.line(10, true);
  for (const number of [1, 2, 3]) {
    trial.add(line, `web ${number}`, "web");
    trial.add(line, `db ${number}`, "db");
  }
  await trial.turn();
  assert.deepEqual(trial.running, ["web 1", "db 1"]);
  await trial.end("db 1");
  assert.deepEqual(trial.running, ["web 1", "db 2"]);
  await trial.end("db 2");
  await trial.end("web 1");
  assert.deepEqual(trial.running, ["db 3", "web 2"]);
  await trial.end("db 3");
  trial.add(line, "db 4", "db");
  await trial.turn();
  assert.deepEqual(trial.running, ["web 2", "db 4"]);
});

Deno.test("Scheduler: the same key in another line is another thing", async () => {
  const trial = new Trial(10);
  trial.add(trial.line(10, true), "one", "web");
  trial.add(trial.line(10, true), "two", "web");
  await trial.turn();
  assert.deepEqual(trial.running, ["one", "two"]);
});

Deno.test("Scheduler reports more than a thousand that wait, once a minute", async () => {
  const trial = new Trial(1);
  const line = trial.line(1);
  for (let number = 0; number < 1000; number++) trial.add(line, `${number}`);
  assert.deepEqual(trial.reports, []);
  trial.add(line, "one more");
  trial.add(line, "and one");
  assert.deepEqual(trial.reports, [1001]);
  await trial.clock.advance(60_000);
  trial.add(line, "later");
  assert.deepEqual(trial.reports, [1001, 1002]);
});

Deno.test("Scheduler forgets what waits in a line, not what runs, nor other lines", async () => {
  const trial = new Trial(3);
  const [plain, ordered, other] = [trial.line(10), trial.line(10, true), trial.line(10)];
  trial.add(plain, "a");
  trial.add(ordered, "b");
  trial.add(other, "c");
  await trial.turn();
  for (const name of ["d", "e"]) trial.add(plain, name);
  for (const name of ["f", "g", "h"]) trial.add(ordered, name);
  trial.add(other, "i");
  assert.equal(trial.scheduler.clear(plain), 2);
  assert.equal(trial.scheduler.clear(ordered), 3);
  assert.equal(trial.waiting, 1);
  await trial.end("a", "b");
  assert.deepEqual(trial.running, ["c", "i"]);
  trial.add(ordered, "j");
  await trial.turn();
  assert.deepEqual(trial.running, ["c", "i", "j"]);
});

/** A clock that goes on while something is being done. */
class BusyClock extends SimulatedClock {
  busyMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.busyMs;
  }
}

/** Adds ten jobs, each of which takes 3 ms to start, or as long as said. */
function addSlowStarters(
  clock: BusyClock,
  startMs = 3,
): { scheduler: Scheduler; line: Line; begunMs: number[] } {
  const scheduler = new Scheduler(clock, 100, () => {});
  const line = new Line(100, false, { waiting: () => {} });
  const begunMs: number[] = [];
  for (let number = 0; number < 10; number++) {
    scheduler.add(line, "web", () => {
      begunMs.push(clock.nowMs());
      clock.busyMs += startMs;
      return new Promise(() => {});
    });
  }
  return { scheduler, line, begunMs };
}

Deno.test("Scheduler rests three times as long as starting a job took, and then goes on", async () => {
  const clock = new BusyClock();
  const { begunMs } = addSlowStarters(clock);
  await clock.advance(200);
  assert.deepEqual(begunMs, [0, 12, 24, 36, 48, 60, 72, 84, 96, 108]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Scheduler rests for 50 ms at the most, however long a start took", async () => {
  const clock = new BusyClock();
  const { begunMs } = addSlowStarters(clock, 400);
  await clock.advance(2_000);
  assert.deepEqual(begunMs.slice(0, 3), [0, 450, 900]);
});

Deno.test("Scheduler rests before it starts what comes meanwhile", async () => {
  const clock = new BusyClock();
  const { scheduler, line, begunMs } = addSlowStarters(clock);
  await clock.advance(0);
  assert.equal(scheduler.clear(line), 9);
  assert.equal(clock.pendingTimers, 0);
  scheduler.add(line, "web", () => {
    begunMs.push(clock.nowMs());
    return Promise.resolve();
  });
  await clock.advance(100);
  assert.deepEqual(begunMs, [0, 12]);
});
