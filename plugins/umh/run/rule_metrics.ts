/** The metrics of rules. */
import type { Family, Labels, Metrics } from "../../../src/daemon/status/metrics.ts";

/** How many rules have each name: several instances, or an old and a new configuration, can share one. */
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
      "Commands of umh rules, including those that could not be started",
    );
    this.#failures = metrics.family(
      "drbdd_umh_failures_total",
      "counter",
      "Commands of umh rules that could not be started, timed out, or did not exit with status 0",
    );
    this.#waiting = metrics.family(
      "drbdd_umh_waiting",
      "gauge",
      "Commands of umh rules that are queued",
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

  /** The rule is removed: drops its gauges, unless another rule has its name. */
  close(): void {
    if (this.#hold(-1) > 0) return;
    for (const gauge of [this.#waiting, this.#running]) {
      const sample = gauge.samples().find(({ labels }) => labels["rule"] === this.rule);
      // A command that could not be killed may still end.
      if (sample?.value === 0) gauge.remove(this.#labels);
    }
  }

  /** Returns how many rules have the name now. */
  #hold(change: number): number {
    const count = (this.#holders.get(this.rule) ?? 0) + change;
    if (count === 0) this.#holders.delete(this.rule);
    else this.#holders.set(this.rule, count);
    return count;
  }
}
