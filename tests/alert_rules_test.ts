/** The alert rules and the dashboard in example/: what they select by is what the exporter shows. */
import assert from "node:assert/strict";

const FOLDER = new URL("../example/prometheus/", import.meta.url);
const RULES = await Deno.readTextFile(new URL("drbdd-rules.yaml", FOLDER));
const TESTS = await Deno.readTextFile(new URL("drbdd-rules.test.yaml", FOLDER));
const README = await Deno.readTextFile(new URL("../plugins/prometheus/README.md", import.meta.url));

interface Rule {
  readonly name: string;
  readonly expression: string;
  /** Whether the comment before it says that it needs states. */
  readonly saysEnums: boolean;
}

const rules = Array.from(
  RULES.matchAll(/((?: {6}#.*\n)?) {6}- alert: (\w+)\n {8}expr:((?:.*\n)(?: {10}.*\n)*)/g),
  ([, comment = "", name = "", expression = ""]): Rule => ({
    name,
    expression,
    saysEnums: comment.includes("enums = true"),
  }),
);

/** Metrics in README, each with its labels, and whether it is one of the states. */
const metrics = new Map(
  Array.from(
    README.matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\|[^|]*\|([^|]*)\|/gm),
    ([, name = "", type = "", labels = ""]) => [
      name,
      {
        isEnum: type.endsWith("enums"),
        labels: Array.from(labels.matchAll(/`(\w+)`/g), ([, label]) => label),
      },
    ],
  ),
);
/** Labels that Prometheus, or who configures it, adds. */
const ADDED = ["instance", "job", "cluster"];

/** Names of drbdd's metrics in a query, each with the labels it is selected by. */
function selected(query: string): [string, string[]][] {
  return Array.from(query.matchAll(/\b(drbdd?_\w+)(?:\{([^}]*)\})?/g), ([, name = "", labels = ""]) =>
    [
      name,
      Array.from(labels.matchAll(/(\w+)(?==~|!=|!~|=)/g), ([, label = ""]) => label),
    ] as [string, string[]]).filter(([name]) => !labelNames.has(name) || metrics.has(name));
}

const labelNames = new Set([...metrics.values()].flatMap(({ labels }) => labels));

function isShown(query: string): void {
  for (const [name, labels] of selected(query)) {
    const metric = metrics.get(name);
    assert.ok(metric, `No metric ${name}: ${query}`);
    for (const label of labels) {
      assert.ok([...metric.labels, ...ADDED].includes(label), `${name} has no label ${label}: ${query}`);
    }
  }
}

Deno.test("alert rules select by metrics and labels that there are, and say when they need states", () => {
  assert.ok(rules.length >= 15);
  assert.equal(rules.length, RULES.match(/- alert:/g)?.length);
  for (const { name, expression, saysEnums } of rules) {
    isShown(expression);
    assert.equal(selected(expression).some(([metric]) => metrics.get(metric)?.isEnum), saysEnums, name);
  }
});

Deno.test("each alert rule has a test in which it fires", () => {
  const fires = new Set(
    Array.from(TESTS.matchAll(/alertname: (\w+)\n +exp_alerts:\n +- exp_labels/g), ([, name = ""]) => name),
  );
  assert.deepEqual(rules.map(({ name }) => name).filter((name) => !fires.has(name)), []);
});

Deno.test("the job in README is one that the alert rules look at", () => {
  const [, job = ""] = /job_name: (\S+)/.exec(README) ?? [];
  const [, pattern = ""] = /up\{job=~"([^"]+)"\}/.exec(RULES) ?? [];
  assert.match(job, new RegExp(`^(?:${pattern})$`));
});

Deno.test("the dashboard selects by metrics and labels that there are", async () => {
  const dashboard = await Deno.readTextFile(new URL("grafana-dashboard.json", FOLDER));
  const queries: string[] = [];
  JSON.parse(dashboard, (key, value) => {
    if (key === "expr" || key === "query" && typeof value === "string") queries.push(value);
    return value;
  });
  assert.ok(queries.filter((query) => query.includes("drbd")).length > 15);
  for (const query of queries) isShown(query);
  const enums = queries.filter((query) => selected(query).some(([name]) => metrics.get(name)?.isEnum));
  assert.deepEqual(enums, [], "These need enums = true, which is not the default");
});
