import assert from "node:assert/strict";
import { modelResource } from "../../../tests/support/core/resource_json.ts";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { Cluster } from "../../drbd/model/cluster.ts";
import { DecisionLog } from "../status/decision_log.ts";
import { HealthBoard } from "../status/health_board.ts";
import { KeptStatus } from "./kept_status.ts";

const PATH = "/run/drbdd/split-brains.json";

function world(): SimulatedEffects {
  const effects = new SimulatedEffects();
  effects.variables.set("RUNTIME_DIRECTORY", "/run/drbdd");
  effects.files.put("/run/drbdd/configuration.json", "{}");
  return effects;
}

/** A daemon whose resource web has this connection to beta. */
async function daemon(effects: SimulatedEffects, connection: string) {
  const web = modelResource({ name: "web", role: "Primary", beta: { connection } });
  const notified: number[] = [];
  const board = new HealthBoard({
    clock: effects.clock,
    cluster: () => Cluster.EMPTY,
    resource: (name) => name === "web" ? web : undefined,
    staleReason: () => undefined,
    countersMs: () => 0,
  }, { splitBrain: (_name, peer) => void notified.push(peer) });
  const kept = KeptStatus.keeping(effects, new LogRecorder(), new DecisionLog(), board);
  await settle();
  return { board, kept, notified, worst: () => board.of("web")?.problems[0]?.id };
}

const textOf = (effects: SimulatedEffects) => effects.files.readText(PATH).catch(() => undefined);
const pass = async (effects: SimulatedEffects) => {
  await effects.clock.advance(2_000);
  await settle();
};

Deno.test("a split brain is known to the next daemon while the connection is StandAlone", async () => {
  const effects = world();
  const first = await daemon(effects, "StandAlone");
  await pass(effects);
  assert.equal(first.worst(), "standalone");
  assert.equal(await textOf(effects), undefined, "nothing to keep");
  first.board.splitBrain("web", 1);
  await pass(effects);
  assert.deepEqual(JSON.parse(await textOf(effects) ?? ""), { web: [1] });

  // Not yet judged, it is kept.
  const second = await daemon(effects, "StandAlone");
  await pass(effects);
  assert.deepEqual(JSON.parse(await textOf(effects) ?? ""), { web: [1] });
  assert.equal(second.worst(), "split-brain");
  assert.deepEqual(second.notified, [1]);
  await pass(effects);
  assert.deepEqual(JSON.parse(await textOf(effects) ?? ""), { web: [1] });
});

Deno.test("a split brain that ended while no daemon ran is forgotten", async () => {
  const effects = world();
  effects.files.put(PATH, '{"web":[1]}');
  const healed = await daemon(effects, "Connected");
  assert.notEqual(healed.worst(), "split-brain");
  await pass(effects);
  assert.deepEqual(JSON.parse(await textOf(effects) ?? ""), {});
  const later = await daemon(effects, "StandAlone");
  assert.equal(later.worst(), "standalone");
});

Deno.test("a file of split brains that makes no sense is none", async () => {
  for (const text of ["no JSON", "7", '{"web":["beta"]}']) {
    const effects = world();
    effects.files.put(PATH, text);
    assert.equal((await daemon(effects, "StandAlone")).worst(), "standalone");
  }
});
