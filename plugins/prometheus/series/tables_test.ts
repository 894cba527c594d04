/** House rules for metrics, as they stand in the tables. */
import assert from "node:assert/strict";
import { DAEMON_ROWS, NODE_ROWS } from "./daemon_rows.ts";
import type { Description, Row } from "./row.ts";
import { visitTables } from "./tables.ts";

interface Metric {
  readonly description: Description;
  readonly labels: readonly string[];
  readonly factor: number | undefined;
}

const METRICS: readonly Metric[] = [
  ...[...NODE_ROWS, ...DAEMON_ROWS].map((row) => ({
    description: row,
    labels: row.labels,
    factor: undefined,
  })),
  ...metricsOfTables(),
];

function metricsOfTables(): Metric[] {
  const metrics: Metric[] = [];
  visitTables({
    table: ({ labels, rows }) => void metrics.push(...rows.map((row) => metricOf(row, labels))),
  });
  return metrics;
}

function metricOf<Subject>(row: Row<Subject>, labels: readonly string[]): Metric {
  return "words" in row
    ? { description: row, labels: [...labels, row.label], factor: undefined }
    : { description: row, labels, factor: row.factor };
}

function test(rule: string, check: (metric: Metric) => void): void {
  Deno.test(`every metric ${rule}`, () => {
    assert.ok(METRICS.length > 40);
    for (const metric of METRICS) check(metric);
  });
}

test("has a name of lower-case words", ({ description: { name } }) => {
  assert.match(name, /^(drbd|drbdd|drbdreactor)(_[a-z]+)+$/);
});

test("has a help text: a sentence of its own without a full stop", ({ description: { name, help } }) => {
  assert.match(help, /^[A-Z][^\n\\"]{7,}[^.\s]$/, name);
  assert.equal(METRICS.filter(({ description }) => description.help === help).length, 1, help);
});

test("is called _total if it is a counter, and otherwise is not", ({ description: { name, type } }) => {
  assert.equal(name.endsWith("_total"), type === "counter", name);
});

test("ends in its unit, which is a base unit", ({ description: { name, unit } }) => {
  if (unit !== undefined) assert.match(name, new RegExp(`_${unit}(_total)?$`));
  assert.doesNotMatch(name, /(kib|mib|kb|mb|percent|milliseconds|ms|minutes|hours|sectors|bits)(_total)?$/);
});

test("that ends in a base unit says so", ({ description: { name, unit } }) => {
  const [, ending] = /_(bytes|seconds|ratio)(?:_total)?$/.exec(name) ?? [];
  if (!name.endsWith("_per_second")) assert.equal(unit, ending, name);
});

test("in bytes has a factor, as drbdsetup prints none in bytes", ({ description: { name, unit }, factor }) => {
  if (unit === "bytes" || name.includes("_bytes_")) {
    assert.ok([512, 1024, 1024 * 1024].includes(factor ?? 0), name);
  } else assert.equal(factor, undefined, name);
});

test("has labels with proper names, none twice", ({ description: { name }, labels }) => {
  for (const label of labels) assert.match(label, /^[a-z][a-z_]*$/, name);
  assert.equal(new Set(labels).size, labels.length, name);
  // Prometheus adds these itself.
  assert.ok(!labels.some((label) => ["job", "instance", "le", "quantile"].includes(label)), name);
});

Deno.test("no two metrics have a name that is the same, or becomes the same in OpenMetrics", () => {
  const names = METRICS.map(({ description: { name } }) => name.replace(/_total$/, ""));
  assert.deepEqual(names.filter((name, place) => names.indexOf(name) !== place), []);
});

Deno.test("no metric has the name of another one with an ending that OpenMetrics reserves", () => {
  const names = new Set(METRICS.map(({ description: { name } }) => name.replace(/_total$/, "")));
  for (const name of names) {
    for (const ending of ["_total", "_created", "_count", "_sum", "_bucket", "_gcount", "_gsum", "_info"]) {
      assert.ok(!names.has(name + ending), name + ending);
    }
  }
});
