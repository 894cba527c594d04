/** What is counted of a rule. */
import type { Family, Labels, Metrics } from "../../src/daemon/plugins/metrics.ts";

/** How many there are of each name: rules of several instances, or of an old and a new one, may have the same. */
const holders = new WeakMap<Metrics, Map<string, number>>();

export class RuleMetrics {
  readonly #holders: Map<string, number>;
  readonly #labels: Labels;
  readonly #runs: Family;
  readonly #failures: Family;
  readonly #waiting: Family;
  readonly #running: Family;

  constructor(metrics: Metrics, readonly rule: string) {
    this.#labels = { rule };
    this.#holders = holders.get(metrics) ?? new Map();
    holders.set(metrics, this.#holders);
    this.#hold(1);
    this.#runs = metrics.family(
      "drbdd_umh_runs_total",
      "counter",
      "Commands of umh rules, those included that could not be started",
    );
    this.#failures = metrics.family(
      "drbdd_umh_failures_total",
      "counter",
      "Commands of umh rules that could not be started, took too long, or ended with another status than 0",
    );
    this.#waiting = metrics.family(
      "drbdd_umh_waiting",
      "gauge",
      "Commands of umh rules that wait their turn",
    );
    this.#running = metrics.family("drbdd_umh_running", "gauge", "Commands of umh rules that run");
    for (const family of [this.#runs, this.#failures, this.#waiting, this.#running]) {
      family.add(this.#labels, 0);
    }
  }

  started(): void {
    this.#runs.add(this.#labels);
    this.#running.add(this.#labels, 1);
  }

  ended(): void {
    this.#running.add(this.#labels, -1);
  }

  failed(): void {
    this.#failures.add(this.#labels);
  }

  waiting(change: number): void {
    this.#waiting.add(this.#labels, change);
  }

  /** The rule is not there any more: takes its gauges away, unless another one has its name. */
  close(): void {
    if (this.#hold(-1) > 0) return;
    for (const gauge of [this.#waiting, this.#running]) {
      const sample = gauge.samples().find(({ labels }) => labels["rule"] === this.rule);
      // What could not be ended may still end.
      if (sample?.value === 0) gauge.remove(this.#labels);
    }
  }

  /** Returns how many have the name now. */
  #hold(change: number): number {
    const count = (this.#holders.get(this.rule) ?? 0) + change;
    if (count === 0) this.#holders.delete(this.rule);
    else this.#holders.set(this.rule, count);
    return count;
  }
}
