/** What is kept of many simulated clusters, and how it is told. */
import type { Outcome } from "./cluster/simulation.ts";
import type { Violation } from "./cluster/violations.ts";

/** What a run of one seed leaves, without its trace: it goes from process to process. */
export type SeedResult = Omit<Outcome, "trace">;

export interface Summary {
  readonly seeds: number;
  readonly failedSeeds: number;
  readonly checked: number;
  readonly failovers: number;
  /** The longest time until services ran that could run, with the time that was allowed. */
  readonly worst:
    | { readonly seed: number; readonly resource: string; readonly gapMs: number; readonly boundMs: number }
    | undefined;
}

export const NOTHING: Summary = { seeds: 0, failedSeeds: 0, checked: 0, failovers: 0, worst: undefined };

export function add(sum: Summary, result: SeedResult): Summary {
  const { seed, worst } = result;
  return {
    seeds: sum.seeds + 1,
    failedSeeds: sum.failedSeeds + (result.violations.length > 0 ? 1 : 0),
    checked: sum.checked + result.checked,
    failovers: sum.failovers + result.failovers,
    worst: worst !== undefined && worst.gapMs > (sum.worst?.gapMs ?? 0) ? { seed, ...worst } : sum.worst,
  };
}

/** One line for each rule that was broken, and the command that shows it. */
export function tellViolations({ seed, violations }: SeedResult, options: string): string {
  const lines = violations.map((violation) => `seed ${seed}: ${tellViolation(violation)}\n`);
  return `${lines.join("")}  replay: deno task sim --seed ${seed}${options}\n`;
}

function tellViolation({ atMs, node, resource, rule, text }: Violation): string {
  return `${(atMs / 1000).toFixed(3)} s, ${node} ${resource}: ${rule}: ${text}`;
}

export function tellSummary({ seeds, checked, failovers, worst }: Summary, minutes: number): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const slowest = worst === undefined
    ? "none"
    : `${seconds(worst.gapMs)} s, where at most ${seconds(worst.boundMs)} s are allowed ` +
      `(seed ${worst.seed}, ${worst.resource})`;
  return [
    `${seeds} clusters of ${minutes} simulated minutes, ${checked} states checked`,
    `services ran again ${failovers} times; worst failover ${slowest}`,
    "",
  ].join("\n");
}
