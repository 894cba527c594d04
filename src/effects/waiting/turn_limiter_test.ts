import assert from "node:assert/strict";
import { SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { TurnLimiter } from "./turn_limiter.ts";

/** A limiter whose turns end when the test says so, and the names of those who passed. */
class Trial {
  readonly #clock = new SimulatedClock();
  readonly passed: string[] = [];
  readonly limiter = new TurnLimiter(this.#clock, 2);
  #endTurn = () => {};

  constructor() {
    this.#clock.nextTurn = () => new Promise((resolve) => this.#endTurn = resolve);
  }

  async come(...names: string[]): Promise<void> {
    for (const name of names) void this.limiter.pass().then(() => this.passed.push(name));
    await microtasks();
  }

  async nextTurn(): Promise<void> {
    this.#endTurn();
    await microtasks();
  }
}

async function microtasks(): Promise<void> {
  for (let count = 0; count < 20; count++) await Promise.resolve();
}

Deno.test("TurnLimiter lets so many through in a turn, and the others in the next ones, in their order", async () => {
  const trial = new Trial();
  await trial.come("a", "b", "c", "d", "e");
  assert.deepEqual(trial.passed, ["a", "b"]);
  await trial.come("f");
  await trial.nextTurn();
  assert.deepEqual(trial.passed, ["a", "b", "c", "d"]);
  await trial.nextTurn();
  assert.deepEqual(trial.passed, ["a", "b", "c", "d", "e", "f"]);
});

Deno.test("TurnLimiter holds nobody up when turns go by with few", async () => {
  const trial = new Trial();
  for (const name of ["a", "b", "c"]) {
    await trial.come(name);
    await trial.nextTurn();
  }
  await trial.come("d", "e");
  assert.deepEqual(trial.passed, ["a", "b", "c", "d", "e"]);
});
