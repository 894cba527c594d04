/** Whole clusters with faults: some seeds of `deno task sim`, and that it finds out who is wrong. */
import assert from "node:assert/strict";
import { say } from "../support/say.ts";
import { simulate } from "./cluster/simulation.ts";
import { formatEntry } from "./cluster/trace.ts";
import { SABOTAGES } from "./sabotages.ts";
import { add, failoversIn, NOTHING, tellSummary, tellViolations } from "./summary.ts";

const SEEDS = 20;
/** In so many seeds each wrong mind has to be found out. */
const MOST_SEEDS = 150;

Deno.test(`simulated clusters: nothing is wrong with ${SEEDS} of them`, async () => {
  let sum = NOTHING;
  const complaints: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await simulate(seed);
    sum = add(sum, result);
    if (result.violations.length > 0) complaints.push(tellViolations(result, ""));
  }
  say(tellSummary(sum, 10));
  assert.equal(complaints.join(""), "");
  assert.ok(sum.checked > 1_000 * SEEDS && failoversIn(sum) > SEEDS, "it looks at next to nothing");
});

Deno.test("simulated clusters: the same seed, the same course", async () => {
  const course = async (seed: number) => {
    const { trace } = await simulate(seed, { isTraced: true, durationMs: 120_000 });
    return trace.entries.map(formatEntry);
  };
  const first = await course(11);
  assert.ok(first.length > 100);
  assert.deepEqual(await course(11), first);
  assert.notDeepEqual(await course(12), first);
});

for (const { name, what, breaks, seed: known, mind } of SABOTAGES) {
  Deno.test(`simulated clusters: it is found out that ${what}`, async () => {
    const seeds = [known, ...Array.from({ length: MOST_SEEDS }, (_, place) => place + 1)];
    for (const seed of seeds) {
      const result = await simulate(seed, { mind: mind() });
      const found = result.violations.filter(({ rule }) => breaks.includes(rule));
      if (found.length === 0) continue;
      say(tellViolations({ ...result, violations: found.slice(0, 1) }, ` --sabotage ${name}`));
      if (seed !== known) say(`No more in seed ${known}: sabotages.ts and README.md should name this one\n`);
      assert.deepEqual((await simulate(seed)).violations, [], "the right mind does it, too");
      return;
    }
    assert.fail(`Nothing was found in seed ${known} and the first ${MOST_SEEDS}`);
  });
}
