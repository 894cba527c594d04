/** What is kept of many simulated clusters, and how it is printed. */
import type { Cause, Gap } from "./cluster/rules/liveness.ts";
import type { RuleCount, RuleCounts, Violation } from "./cluster/rules/rule_book.ts";
import type { Outcome } from "./cluster/simulation.ts";

/** What a run of one seed leaves, without its trace: it goes from process to process. */
export type SeedResult = Omit<Outcome, "trace">;

/** The longest time until services ran that could run, and how often that was waited for. */
export interface Failovers {
  readonly count: number;
  readonly worst: Gap;
  readonly seed: number;
}

export interface Summary {
  readonly seeds: number;
  readonly failedSeeds: number;
  readonly checked: number;
  readonly counts: RuleCounts;
  readonly failovers: ReadonlyMap<Cause, Failovers>;
}

export const NOTHING: Summary = { seeds: 0, failedSeeds: 0, checked: 0, counts: {}, failovers: new Map() };

export function add(sum: Summary, result: SeedResult): Summary {
  const { seed } = result;
  const counts: Record<string, RuleCount> = { ...sum.counts };
  for (const [rule, { applied, excused }] of Object.entries(result.counts)) {
    const before = counts[rule] ?? { applied: 0, excused: 0 };
    counts[rule] = { applied: before.applied + applied, excused: before.excused + excused };
  }
  const failovers = new Map(sum.failovers);
  for (const [cause, { count, worst }] of Object.entries(result.gaps) as [Cause, Omit<Failovers, "seed">][]) {
    const before = failovers.get(cause) ?? { count: 0, worst, seed };
    const isWorse = worst.gapMs > before.worst.gapMs;
    failovers.set(cause, { ...(isWorse ? { worst, seed } : before), count: before.count + count });
  }
  return {
    seeds: sum.seeds + 1,
    failedSeeds: sum.failedSeeds + (result.violations.length > 0 ? 1 : 0),
    checked: sum.checked + result.checked,
    counts,
    failovers,
  };
}

/** How often services ran again. */
export function failoversIn({ failovers }: Summary): number {
  return [...failovers.values()].reduce((total, { count }) => total + count, 0);
}

/** One line for each rule that was broken, and the command that shows it. */
export function formatViolations({ seed, violations }: SeedResult, options: string): string {
  const lines = violations.map((violation) => `seed ${seed}: ${tellViolation(violation)}\n`);
  return `${lines.join("")}  replay: deno task sim --seed ${seed}${options}\n`;
}

function tellViolation({ atMs, node, resource, rule, text }: Violation): string {
  return `${(atMs / 1000).toFixed(3)} s, ${node} ${resource}: ${rule}: ${text}`;
}

export function formatSummary(sum: Summary, minutes: number): string {
  return [
    `${sum.seeds} clusters of ${minutes} simulated minutes, ${sum.checked} states checked`,
    "",
    row("rule", "applied", "excused"),
    ...Object.entries(sum.counts).map(([rule, { applied, excused }]) =>
      row(rule, applied, share(applied, excused))
    ),
    "",
    row("services ran again after", "times", "worst", "allowed then", "seed"),
    ...[...sum.failovers].map(([cause, { count, worst, seed }]) =>
      row(cause, count, seconds(worst.gapMs), seconds(worst.boundMs), seed)
    ),
    "",
  ].join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function share(applied: number, excused: number): string {
  return applied + excused === 0 ? "-" : `${(100 * excused / (applied + excused)).toFixed(1)} %`;
}

function row(first: string, ...more: readonly (string | number)[]): string {
  return first.padEnd(28) + more.map((cell) => String(cell).padStart(14)).join("");
}
