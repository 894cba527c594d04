import assert from "node:assert/strict";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { OptionsQueries } from "./options_queries.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const NEVER = new AbortController().signal;

/** `play` returns what drbdsetup ends with when it is asked for these resources: undefined, if it hangs. */
function world(play: (names: readonly string[]) => number | undefined = () => 0) {
  const effects = new SimulatedEffects();
  const asked: string[] = [];
  effects.processes.install("drbdsetup", (role) => {
    const name = role.argv[4];
    asked.push(name ?? "all");
    const names = name === undefined ? [...NAMES, "other"] : [name];
    role.print(
      JSON.stringify(names.map((resource) => ({ resource, options: { quorum: `of ${resource}` } }))),
    );
    const code = play(names);
    if (code !== undefined) role.exit(code);
  });
  const questions = OptionsQueries.of(effects);
  const ask = async (name: string) => (await questions.ask(name, NEVER)).quorum;
  const askSoon = async (name: string) => (await questions.ask(name, NEVER, false)).quorum;
  return { effects, asked, ask, askSoon };
}

Deno.test("OptionsQueries.ask() asks for a few resources one by one", async () => {
  const { asked, ask } = world();
  assert.deepEqual(await Promise.all(["a", "b"].map(ask)), ["of a", "of b"]);
  assert.deepEqual(asked, ["a", "b"]);
});

Deno.test("OptionsQueries.ask() asks for many at once, and for those who come meanwhile afterwards", async () => {
  const { asked, ask } = world();
  const first = Promise.all(NAMES.map(ask));
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(asked, ["all"]);
  const second = Promise.all(NAMES.map(ask));
  assert.deepEqual(await first, NAMES.map((name) => `of ${name}`));
  assert.deepEqual(await second, NAMES.map((name) => `of ${name}`));
  assert.deepEqual(asked, ["all", "all"]);
});

Deno.test("OptionsQueries.ask() lets questions that are not urgent wait for others where there are many resources", async () => {
  const { effects, asked, ask, askSoon } = world();
  assert.equal(await askSoon("a"), "of a");
  await Promise.all(NAMES.map(ask));
  assert.deepEqual(asked.splice(0), ["a", "all"]);
  const answers = NAMES.map(askSoon);
  await effects.clock.advance(199);
  assert.deepEqual(asked, []);
  await effects.clock.advance(1);
  await Promise.all(answers);
  assert.deepEqual(asked.splice(0), ["all"]);
  // One that is urgent takes along those that wait.
  const first = askSoon("a");
  assert.equal(await ask("b"), "of b");
  assert.equal(await first, "of a");
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("OptionsQueries.ask() rejects for a resource that is not among all", async () => {
  const { ask } = world();
  const [missing, ...others] = ["missing", ...NAMES].map(ask);
  await assert.rejects(missing ?? Promise.resolve(), /drbdsetup shows no resource "missing"/);
  assert.equal((await Promise.all(others)).length, NAMES.length);
});

Deno.test("OptionsQueries.ask() asks one by one where the question for all fails, for a minute", async () => {
  const { effects, asked, ask } = world((names) => names.length > 1 || names[0] === "b" ? 10 : 0);
  const answers = await Promise.allSettled(NAMES.map(ask));
  assert.deepEqual(
    answers.map(({ status }) => status),
    NAMES.map((name) => name === "b" ? "rejected" : "fulfilled"),
  );
  assert.deepEqual(asked.splice(0), ["all", ...NAMES]);
  await Promise.allSettled(NAMES.map(ask));
  assert.deepEqual(asked.splice(0), NAMES);
  await effects.clock.advance(60_000);
  await Promise.allSettled(NAMES.map(ask));
  assert.deepEqual(asked[0], "all");
});

Deno.test("OptionsQueries.ask() asks one by one when the question for all has no answer within 3 s", async () => {
  const { effects, asked, ask } = world((names) => names.length > 1 ? undefined : 0);
  const answers = Promise.all(NAMES.map(ask));
  await effects.clock.advance(3_000);
  await settle();
  await effects.clock.advance(3_000);
  assert.equal((await answers).length, NAMES.length);
  assert.deepEqual(asked, ["all", ...NAMES]);
});
