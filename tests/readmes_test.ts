/** What the READMEs of the plugins that show the state promise: keys, metrics, objects, routes. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { columnsOf, SCALARS } from "../plugins/agentx/columns.ts";
import { MOST_RECENT, UPDATE_TYPES } from "../plugins/api/events/events_query.ts";
import { OPENAPI } from "../plugins/api/openapi/openapi.ts";
import { DAEMON_ROWS, NODE_ROWS } from "../plugins/prometheus/series/daemon_rows.ts";
import { visitTables } from "../plugins/prometheus/series/tables.ts";
import { PLUGIN_SCHEMAS } from "../plugins/schemas.ts";
import { ReloadRecord } from "../src/app/reload_record.ts";
import { unwrapped } from "../src/config/schema/schema_node.ts";
import { UPDATE_KINDS } from "../src/drbd/model/update.ts";
import { Metrics } from "../src/daemon/status/metrics.ts";
import { showProcess } from "../src/daemon/status/process_usage.ts";
import { loadText } from "./support/trials/load_text.ts";
import { LogRecorder } from "./support/simulated/log_recorder.ts";
import { SimulatedEffects } from "./support/simulated/simulated_effects.ts";

const PLUGINS_FOLDER = new URL("../plugins/", import.meta.url);
const readmeOf = (plugin: string) => Deno.readTextFile(new URL(`${plugin}/README.md`, PLUGINS_FOLDER));

/** Rows of all tables below a heading, as cells. */
function rowsBelow(readme: string, heading: string): string[][] {
  const begin = readme.indexOf(`\n## ${heading}\n`);
  assert.ok(begin >= 0, `There is no heading "${heading}"`);
  const section = readme.slice(begin + 1).split(/\n(?=## )/)[0] ?? "";
  return section.split("\n").filter((line) => line.startsWith("|") && !/^\| -/.test(line)).slice(1)
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim().replaceAll("`", "")));
}

for (const plugin of ["prometheus", "agentx", "api"]) {
  Deno.test(`README of ${plugin}: all of its TOML loads, without a word`, async () => {
    const blocks = Array.from(
      (await readmeOf(plugin)).matchAll(/^```toml\n(.*?)^```$/gms),
      ([, toml = ""]) => toml,
    );
    assert.ok(blocks.length > 0);
    for (const block of blocks) {
      assert.match(block, new RegExp(`^\\[\\[${plugin}\\]\\]$`, "m"));
      assert.deepEqual((await loadText(block)).lines, [], block);
    }
  });

  Deno.test(`README of ${plugin} has every key, with its default, and no other`, async () => {
    const { schema } = PLUGIN_SCHEMAS.find(({ name }) => name === plugin) ?? {};
    assert.ok(schema);
    const keys = Object.keys(unwrapped(schema).entries ?? {}).filter((key) => key !== "id").sort();
    const rows = rowsBelow(await readmeOf(plugin), "Keys");
    assert.deepEqual(rows.map(([key]) => key).sort(), keys);
    const said = rows.filter(([, , value]) => value !== "none").map(([key, , value]) => `${key} = ${value}`);
    const { config, lines } = await loadText(`[[${plugin}]]\n${said.join("\n")}\n`);
    assert.deepEqual(lines, []);
    assert.deepEqual(
      config?.plugins[0]?.config,
      (await loadText(`[[${plugin}]]`)).config?.plugins[0]?.config,
    );
  });
}

const ROOT = new URL("../", import.meta.url);

/** What a file has in TOML. */
function tomlOf(text: string): string[] {
  return Array.from(text.matchAll(/^```toml\n(.*?)^```$/gms), ([, toml = ""]) => toml);
}

for (const plugin of ["agentx", "api", "debugger", "prometheus", "promoter", "umh"]) {
  Deno.test(`README of ${plugin} begins with an example that works: at most ten lines, in the first screen`, async () => {
    const readme = await readmeOf(plugin);
    const [first = ""] = tomlOf(readme);
    assert.ok(readme.slice(0, readme.indexOf("```toml")).split("\n").length < 12);
    assert.ok(first.split("\n").length <= 10, first);
    const { config, lines } = await loadText(first);
    assert.deepEqual(lines, []);
    assert.deepEqual(config?.plugins.map((instance) => instance.plugin), [plugin]);
  });
}

for (const file of ["README.md", "docs/try-it.md"]) {
  Deno.test(`${file}: all of its TOML loads, without a word`, async () => {
    const blocks = tomlOf(await Deno.readTextFile(new URL(file, ROOT)));
    assert.ok(blocks.length > 0);
    for (const block of blocks) assert.deepEqual((await loadText(block)).lines, [], block);
  });
}

Deno.test("README is short, has a diagram and a screenshot, and lists every page of docs/", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  assert.ok(readme.split("\n").length < 150);
  assert.match(readme, /!\[[^\]]+\]\(docs\/images\/overview\.svg\)/);
  assert.match(readme, /!\[[^\]]+\]\(docs\/images\/page\.png\)/);
  const pages = await Array.fromAsync(Deno.readDir(new URL("docs/", ROOT)), ({ name }) => name);
  const missing = pages.filter((name) => name.endsWith(".md") && !readme.includes(`(docs/${name})`));
  assert.deepEqual(missing, []);
});

Deno.test("docs/dependencies.md has a line for every package of deno.json, and no other", async () => {
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  const page = await Deno.readTextFile(new URL("docs/dependencies.md", ROOT));
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !/^\| (package|-)/.test(line));
  const named = rows.flatMap((row) => (row.split("|")[1] ?? "").split(",").map((name) => name.trim()));
  assert.deepEqual(
    named.sort(),
    [...new Set(Object.keys(imports).map((name) => name.replace(/\/$/, "")))].sort(),
  );
});

/** Names of metrics that plugins count for themselves, from their sources. */
async function metricsOfPlugins(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name: plugin } of Deno.readDir(PLUGINS_FOLDER)) {
    const folder = new URL(`${plugin}/`, PLUGINS_FOLDER);
    if (!(await Deno.stat(new URL(plugin, PLUGINS_FOLDER))).isDirectory || plugin === "prometheus") continue;
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/(?<!_test)\.ts$/.test(file)) continue;
      const source = await Deno.readTextFile(new URL(file, folder));
      names.push(...Array.from(source.matchAll(/\.family\(\s*"(\w+)"/g), ([, name = ""]) => name));
    }
  }
  return names;
}

/** The metrics that the daemon shows of itself, whatever plugins run. */
async function metricsOfDaemon(): Promise<Metrics> {
  const effects = new SimulatedEffects();
  const metrics = new Metrics();
  new ReloadRecord(effects, new LogRecorder()).show(metrics);
  showProcess(metrics, await effects.ownProcess(), effects.clock);
  return metrics;
}

Deno.test("README of prometheus has every metric with its type, labels and words, and no other", async () => {
  const rows = rowsBelow(await readmeOf("prometheus"), "Metrics");
  const said = new Map(
    rows.map(([name = "", type = "", , labels = "", help = ""]) => [name, { type, labels, help }]),
  );
  const found = new Map(
    [...NODE_ROWS, ...DAEMON_ROWS].map(({ name, type, labels, help }) =>
      [name, { type: String(type), labels: labels.join(" "), help }] as const
    ),
  );
  visitTables({
    table({ labels, rows }) {
      for (const row of rows) {
        const own = "words" in row ? [...labels, row.label] : labels;
        const needs = "words" in row ? row.needs : undefined;
        const enums = needs === undefined ? "" : needs === "all" ? ", all enums" : ", enums";
        found.set(row.name, { type: `${row.type}${enums}`, labels: own.join(" "), help: row.help });
      }
    },
  });
  for (const { name, type, help } of (await metricsOfDaemon()).families()) {
    found.set(name, { type, labels: "", help });
  }
  const others = [...said.keys()].filter((name) => !found.has(name));
  assert.deepEqual(others.sort(), (await metricsOfPlugins()).sort());
  for (const [name, about] of found) assert.deepEqual(said.get(name), about);
});

Deno.test("README of agentx has every object with its number and type, and no other", async () => {
  const readme = await readmeOf("agentx");
  const rows = rowsBelow(readme, "Objects").filter(([first = ""]) => /^\d+$/.test(first));
  assert.deepEqual(
    rows.map(([number, name, syntax]) => `${number} ${name} ${syntax}`),
    columnsOf(true).map(({ number, name, syntax }) => `${number} ${name} ${syntax}`),
  );
  for (const { name, number } of SCALARS) {
    assert.match(readme, new RegExp(`\`\\.1\\.${number}\\.0\` .*\`${name}\``));
  }
});

Deno.test("README of api has every route and every parameter of events, and no other", async () => {
  const readme = await readmeOf("api");
  assert.deepEqual(
    rowsBelow(readme, "Routes").map(([route]) => route).sort(),
    Object.keys(OPENAPI.paths).sort(),
  );
  const rows = rowsBelow(readme, "Events");
  const parameters = OPENAPI.paths["/api/v1/events"].get.parameters.filter((parameter) =>
    parameter.in === "query"
  );
  assert.deepEqual(
    rows.map(([parameter = ""]) => parameter.replace(/=.*/, "")).sort(),
    parameters.map(({ name }) => name).sort(),
  );
  const meaning = (key: string) => rows.find(([parameter]) => parameter === key)?.[1] ?? "";
  assert.ok(meaning("kind").endsWith(`: ${UPDATE_KINDS.join(", ")}`));
  assert.ok(meaning("event-type").endsWith(`: ${UPDATE_TYPES.join(", ")}`));
  assert.ok(meaning("recent=N").endsWith(` ${MOST_RECENT}`));
});
