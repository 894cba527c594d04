import assert from "node:assert/strict";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { type NamedDecision, newDecisions } from "./new_decisions.ts";

const PATH = "/run/drbdd/decisions.json";
const decision = (wallMs: number, text: string) => ({ wallMs, plugin: "promoter", level: "info", text });

Deno.test("newDecisions() has what is decided from now on, of the resources that are asked for", async () => {
  const effects = new SimulatedEffects();
  const missing: string[] = [];
  const found: NamedDecision[] = [];
  const end = new AbortController();
  const following = (async () => {
    for await (const each of newDecisions(effects, ["web"], end.signal, (path) => missing.push(path))) {
      found.push(each);
    }
  })();
  const write = async (value: unknown) => {
    await effects.files.makeDirectory("/run/drbdd");
    await effects.files.writeTextAtomic(PATH, JSON.stringify(value));
    await effects.clock.advance(1_000);
  };
  await effects.clock.advance(1_000);
  assert.deepEqual(missing, [PATH]);
  await write({ web: [decision(1, "start")], db: [decision(2, "stop")] });
  assert.deepEqual(found.map(({ resource, text }) => `${resource} ${text}`), ["web start"]);
  await effects.files.writeTextAtomic(PATH, "cut");
  await effects.clock.advance(1_000);
  await write({ web: [decision(1, "start"), decision(5, "stop"), decision(5, "wait")] });
  assert.deepEqual(found.map(({ text }) => text), ["start", "stop", "wait"]);
  end.abort();
  await effects.clock.advance(1_000);
  await following;
});
