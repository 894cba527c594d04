/** The rules of the simulation: how often each was applied, how often it was excused, and where it was broken. */

export interface Violation {
  readonly atMs: number;
  readonly node: string;
  readonly resource: string;
  /** Which rule was broken. */
  readonly rule: string;
  readonly text: string;
}

/** How often a rule was asked: a state that lasts is asked for at each look. */
export interface RuleCount {
  readonly applied: number;
  readonly excused: number;
}

export type RuleCounts = Readonly<Record<string, RuleCount>>;

/** In the order in which they are printed. */
export const RULES = [
  "two nodes",
  "not Primary",
  "without quorum",
  "does not run",
  "left running",
  "start against DRBD",
  "start beside a Primary",
  "start on another's Primary",
  "start too early",
  "start interval",
  "hold-back",
  "start together",
  "start on an old snapshot",
  "start without protection",
  "start of nothing",
  "late start",
  "stop of nothing",
  "stop without need",
  "while on hold",
  "not adjusted",
  "lost disk",
  "better node",
  "moves too soon",
  "moves again",
  "failed service",
  "too many restarts",
  "demotion first",
  "not demoted",
  "drop-ins",
  "Secondary's beside Primary",
  "Secondary's without data",
  "Secondary's do not run",
  "Secondary's start",
  "promotion before stop",
  "force",
  "no reason",
  "not a warning",
  "not reported",
  "too loud",
  "drbdd failed",
] as const;

export type Rule = typeof RULES[number];

/** Keeps the first violation of each rule, resource and node: what follows from one mistake is not repeated. */
export class RuleBook {
  readonly violations: Violation[] = [];
  readonly #known = new Set<string>();
  readonly #counts = new Map<Rule, { applied: number; excused: number }>(
    RULES.map((rule) => [rule, { applied: 0, excused: 0 }]),
  );

  constructor(readonly nowMs: () => number, readonly onFound: (violation: Violation) => void) {}

  /** A rule had something to say, and looked whether it holds; with `isExcused`, nobody could be blamed. */
  count(rule: Rule, isExcused = false): void {
    const count = this.#counts.get(rule);
    if (count === undefined) return;
    if (isExcused) count.excused++;
    else count.applied++;
  }

  /** A rule is applied to something that happens once: it is broken if `text` says how. */
  check(rule: Rule, node: string, resource: string, text: string | undefined): void {
    this.count(rule);
    if (text !== undefined) this.broken(rule, node, resource, text);
  }

  broken(rule: Rule, node: string, resource: string, text: string): void {
    const key = `${rule} ${node} ${resource}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const violation = { atMs: this.nowMs(), node, resource, rule, text };
    this.violations.push(violation);
    this.onFound(violation);
  }

  get counts(): RuleCounts {
    return Object.fromEntries([...this.#counts].map(([rule, count]) => [rule, { ...count }]));
  }
}
