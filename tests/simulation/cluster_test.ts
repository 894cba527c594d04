/** Whole clusters with faults: some seeds of `deno task sim`, and that it finds out who is wrong. */
import assert from "node:assert/strict";
import { say } from "../support/print_line.ts";
import { TreeCopy } from "../support/tree_copy.ts";
import { inChangedTree } from "./sabotages/changed_tree.ts";
import { type FaultProfile, PROFILES } from "./cluster/faults/fault_profiles.ts";
import type { Rule } from "./cluster/rules/rule_book.ts";
import { simulate } from "./cluster/simulation.ts";
import { formatEntry } from "./cluster/trace.ts";
import { runSeeds } from "./run_seeds.ts";
import type { Sabotage } from "./sabotages/sabotage.ts";
import { FOUND, SABOTAGES } from "./sabotages/sabotages.ts";
import { SOURCE_SABOTAGES } from "./sabotages/source_sabotages.ts";
import { add, failoversIn, formatSummary, formatViolations, NOTHING, type SeedResult } from "./summary.ts";

const SEEDS = 20;
/** In so many seeds each wrong drbdd has to be found out, should it not be in the one that is known. */
const MOST_SEEDS = 100;
/** The simulation alone has to find out so many of them, and so many there have to be. */
const FOUND_LEAST = 50;
const SABOTAGES_LEAST = 60;

/** Of each profile of faults, so many seeds. */
const PROFILE_SEEDS = 4;
/** One that costs as much as twenty others. */
const COSTLY: FaultProfile = "fifty resources";

/** What the right drbdd does, by profile and seed. */
const right = new Map<string, SeedResult>();

async function simulateRight(seed: number, profile: FaultProfile = "all"): Promise<SeedResult> {
  const key = `${profile} ${seed}`;
  const known = right.get(key) ?? await simulate(seed, { profile });
  right.set(key, known);
  return known;
}

Deno.test(`simulated clusters: nothing is wrong with ${SEEDS} of them`, async () => {
  let sum = NOTHING;
  const complaints: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await simulateRight(seed);
    sum = add(sum, result);
    if (result.violations.length > 0) complaints.push(formatViolations(result, ""));
  }
  say(formatSummary(sum, 10));
  assert.equal(complaints.join(""), "");
  assert.ok(sum.checked > 1_000 * SEEDS && failoversIn(sum) > SEEDS, "it looks at next to nothing");
});

for (const profile of PROFILES) {
  if (profile === "all") continue;
  const seeds = profile === COSTLY ? 1 : PROFILE_SEEDS;
  Deno.test(`simulated clusters: nothing is wrong with ${seeds} of the profile ${profile}`, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const result = await simulateRight(seed, profile);
      assert.equal(
        result.violations.length === 0 ? "" : formatViolations(result, ` --profile "${profile}"`),
        "",
      );
    }
  });
}

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

Deno.test("simulated clusters: most of the sabotages are found out by the simulation alone", () => {
  const names = SABOTAGES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(Object.keys(FOUND).filter((name) => !names.includes(name)), []);
  assert.ok(names.length >= SABOTAGES_LEAST && Object.keys(FOUND).length >= FOUND_LEAST);
});

/** The seed in which a sabotage is found: the known one, or where the seeds go otherwise by now, another. */
async function findOut(
  { name, profile = "all" }: Sabotage,
  [known, rule]: readonly [number, Rule],
  isFoundIn: (seed: number, profile: FaultProfile, rule: Rule) => Promise<boolean>,
): Promise<void> {
  for (const seed of [known, ...Array.from({ length: MOST_SEEDS }, (_, place) => place + 1)]) {
    if (!await isFoundIn(seed, profile, rule)) continue;
    if ((await simulateRight(seed, profile)).violations.length > 0) continue;
    if (seed !== known) {
      say(`${name}: no more in seed ${known}, but in ${seed}: sabotages.ts should name this one\n`);
    }
    return;
  }
  assert.fail(`"${rule}" finds nothing in seed ${known} and the first ${MOST_SEEDS}`);
}

for (const sabotage of SABOTAGES) {
  const { name, what, make, change } = sabotage;
  const found = FOUND[name];
  if (found === undefined || change !== undefined) continue;
  Deno.test(`simulated clusters: it is found out that ${what}`, () =>
    findOut(sabotage, found, async (seed, profile, rule) => {
      const { violations } = await simulate(seed, { defect: make(), endsAt: rule, profile });
      return violations.some((each) => each.rule === rule);
    }));
}

Deno.test("simulated clusters: a fix that is removed from the sources is missed", async (test) => {
  const tree = await TreeCopy.make();
  try {
    for (const sabotage of SOURCE_SABOTAGES) {
      const found = FOUND[sabotage.name];
      if (found === undefined) continue;
      await test.step(sabotage.what, () =>
        findOut(sabotage, found, async (seed, profile, rule) => {
          const rules: string[] = [];
          const range = { first: seed, count: 1, minutes: 10, jobs: 1, profile };
          const run = (path: string) =>
            runSeeds({ ...range, tree: path }, ({ violations }) => {
              rules.push(...violations.map((each) => each.rule));
            });
          await inChangedTree(sabotage.change, run, tree);
          return rules.includes(rule);
        }));
    }
  } finally {
    await tree.remove();
  }
});
