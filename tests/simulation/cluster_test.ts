/** Whole clusters with faults: some seeds of `deno task sim`, and that it finds out who is wrong. */
import assert from "node:assert/strict";
import { say } from "../support/print_line.ts";
import { type FaultProfile, PROFILES } from "./cluster/fault_profiles.ts";
import { simulate } from "./cluster/simulation.ts";
import { formatEntry } from "./cluster/trace.ts";
import { FOUND, SABOTAGES } from "./sabotages.ts";
import { add, failoversIn, NOTHING, type SeedResult, tellSummary, tellViolations } from "./summary.ts";

const SEEDS = 20;
/** In so many seeds each wrong drbdd has to be found out. */
const MOST_SEEDS = 100;
/** The simulation alone has to find out so many of them, and so many there have to be. */
const FOUND_LEAST = 50;
const SABOTAGES_LEAST = 60;

/** Of each profile of faults, so many seeds. */
const PROFILE_SEEDS = 2;
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
    if (result.violations.length > 0) complaints.push(tellViolations(result, ""));
  }
  say(tellSummary(sum, 10));
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
        result.violations.length === 0 ? "" : tellViolations(result, ` --profile "${profile}"`),
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

for (const { name, what, make, profile = "all" } of SABOTAGES) {
  const [known] = FOUND[name] ?? [];
  if (known === undefined) continue;
  Deno.test(`simulated clusters: it is found out that ${what}`, async () => {
    const seeds = [known, ...Array.from({ length: MOST_SEEDS }, (_, place) => place + 1)];
    for (const seed of seeds) {
      const { violations } = await simulate(seed, { wrong: make(), endsAtViolation: true, profile });
      const isRight = violations.length > 0 && (await simulateRight(seed, profile)).violations.length === 0;
      if (!isRight) continue;
      if (seed !== known) {
        say(`${name}: no more in seed ${known}, but in ${seed}: sabotages.ts should name this one\n`);
      }
      return;
    }
    assert.fail(`Nothing was found in seed ${known} and the first ${MOST_SEEDS}`);
  });
}
