/**
 * What plugins and the daemon count and measure of themselves, for the prometheus plugin to show.
 *
 * A family is declared once and lives as long as the daemon: a plugin that is started again finds its counters where
 * they were.
 */

export type MetricType = "counter" | "gauge";
export type Labels = Readonly<Record<string, string>>;

/** One series of a family. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** A metric with all its series. */
export class Family {
  readonly #samples = new Map<string, { readonly labels: Labels; value: number }>();

  /** `name` is the whole name as Prometheus has it, `_total` and units included. */
  constructor(readonly name: string, readonly type: MetricType, readonly help: string) {}

  /** Adds to a counter or gauge. */
  add(labels: Labels, amount = 1): void {
    this.#sample(labels).value += amount;
  }

  /** Sets a gauge. */
  set(labels: Labels, value: number): void {
    this.#sample(labels).value = value;
  }

  /** Forgets a series: what it spoke of is gone. */
  remove(labels: Labels): void {
    this.#samples.delete(keyOf(labels));
  }

  /** In the order in which they came. */
  samples(): Sample[] {
    return [...this.#samples.values()];
  }

  #sample(labels: Labels): { value: number } {
    const key = keyOf(labels);
    const known = this.#samples.get(key);
    if (known !== undefined) return known;
    const fresh = { labels, value: 0 };
    this.#samples.set(key, fresh);
    return fresh;
  }
}

export class Metrics {
  readonly #families = new Map<string, Family>();
  readonly #measures: (() => void)[] = [];

  /** The family of this name; it is made when it is first asked for. @throws If it is known as another type. */
  family(name: string, type: MetricType, help: string): Family {
    const known = this.#families.get(name);
    if (known === undefined) {
      const family = new Family(name, type, help);
      this.#families.set(name, family);
      return family;
    }
    if (known.type !== type) throw new Error(`The metric ${name} is a ${known.type}, not a ${type}`);
    return known;
  }

  /** Calls `measure` before metrics are exported: it sets gauges. */
  beforeShown(measure: () => void): void {
    this.#measures.push(measure);
  }

  /** All families, by name. */
  families(): Family[] {
    for (const measure of this.#measures) measure();
    return [...this.#families.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1));
}
