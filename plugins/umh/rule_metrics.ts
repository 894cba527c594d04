/** What is counted of a rule. */
import type { Family, Labels, Metrics } from "../../src/runtime/metrics.ts";

export class RuleMetrics {
  readonly #labels: Labels;
  readonly #runs: Family;
  readonly #failures: Family;
  readonly #waiting: Family;
  readonly #running: Family;

  constructor(metrics: Metrics, rule: string) {
    this.#labels = { rule };
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

  /** The rule is not there any more: takes its gauges away, unless another instance has one of that name. */
  close(): void {
    for (const gauge of [this.#waiting, this.#running]) {
      const sample = gauge.samples().find(({ labels }) => labels["rule"] === this.#labels["rule"]);
      if (sample?.value === 0) gauge.remove(this.#labels);
    }
  }
}
