/** The files in example/, as an administrator would copy them. */
import assert from "node:assert/strict";
import { DAEMON_SCHEMA, LOG_SCHEMA } from "../src/config/schema/daemon_schema.ts";
import { formatDiagnostic } from "../src/config/toml/diagnostic.ts";
import { loadConfig } from "../src/config/load.ts";
import { isDeprecated, type SchemaNode, unwrapped } from "../src/config/schema/schema_node.ts";
import { memoryFiles } from "../tests/support/trials/config_files.ts";
import { loadText } from "../tests/support/trials/load_text.ts";
import { PLUGIN_SCHEMAS } from "./schemas.ts";

const EXAMPLE = new URL("../example/", import.meta.url);
const MAIN = await Deno.readTextFile(new URL("drbdd.toml", EXAMPLE));

/** The example with all keys that are commented out: those without a blank after the "#". */
const IN_FULL = MAIN.replaceAll(/^#(?=[a-z[])/gm, "").replace(/^snippets = .*$/m, "");

async function exampleSnippets(): Promise<Record<string, string>> {
  const directory = new URL("snippets/", EXAMPLE);
  const snippets: Record<string, string> = {};
  for await (const { name } of Deno.readDir(directory)) {
    snippets[`/etc/drbdd.d/${name}`] = await Deno.readTextFile(new URL(name, directory));
  }
  return snippets;
}

Deno.test("The example and its snippets load without a word", async () => {
  const snippets = await exampleSnippets();
  const files = memoryFiles({ "/etc/drbdd.toml": MAIN, ...snippets });
  const { config, diagnostics } = await loadConfig("/etc/drbdd.toml", files, { schemas: PLUGIN_SCHEMAS });
  assert.deepEqual(diagnostics.map(formatDiagnostic), []);
  assert.deepEqual(
    config?.plugins.map(({ plugin, origin }) => `${plugin} ${origin.file.split("/").at(-1)}`),
    [
      "debugger debugger.toml",
      "promoter web.toml",
      "umh mail-on-degraded.toml",
      "prometheus prometheus.toml",
      "agentx agentx.toml",
      "api api.toml",
      "api api.toml",
    ],
  );
});

Deno.test("Every key that the example has commented out can be used", async () => {
  const { config, lines } = await loadText(IN_FULL);
  assert.deepEqual(lines, []);
  const used = new Set(config?.plugins.map(({ plugin }) => plugin));
  assert.deepEqual([...used], PLUGIN_SCHEMAS.map(({ name }) => name));
});

/** All keys that a schema knows, at whatever depth. Filters of umh have two forms and are taken as one. */
function* keysOf(schema: SchemaNode): Generator<string> {
  const node = unwrapped(schema);
  for (const [key, entry] of Object.entries(node.entries ?? {})) {
    if (isDeprecated(entry)) continue;
    yield key;
    yield* keysOf(entry);
  }
  for (const inner of [node.item, node.value]) {
    if (inner !== undefined) yield* keysOf(inner);
  }
}

Deno.test("The example has every key", () => {
  const text = IN_FULL + "\nsnippets = ";
  const schemas: SchemaNode[] = [DAEMON_SCHEMA, LOG_SCHEMA, ...PLUGIN_SCHEMAS.map(({ schema }) => schema)];
  const keys = new Set(schemas.flatMap((schema) => [...keysOf(schema)]));
  assert.ok(keys.size > 70, `Only ${keys.size} keys found`);
  const isWritten = (key: string) => new RegExp(`(^|[.[])${key}([.\\]]| =)`, "m").test(text);
  assert.deepEqual([...keys].filter((key) => !isWritten(key)), []);
});

Deno.test("Defaults in the example are the real ones", async () => {
  const [start = ""] = /^start = .*$/m.exec(IN_FULL) ?? [];
  const [full, bare] = await Promise.all([
    loadText(
      IN_FULL.replace(/^\[promoter.resources.db\].*?(?=^\[\[umh\]\])/ms, "").replace(/^resources = .*$/m, ""),
    ),
    loadText(`[[debugger]]\n[[prometheus]]\n[[agentx]]\n[promoter.resources.web]\n${start}`),
  ]);
  const settings = (loaded: typeof full) =>
    loaded.config?.plugins.filter(({ plugin }) => !["umh", "api"].includes(plugin)).map(({ settings }) =>
      settings
    );
  assert.deepEqual(settings(full), settings(bare));
  assert.equal(full.config?.statisticsPollIntervalS, bare.config?.statisticsPollIntervalS);
  assert.equal(full.config?.snippetsMonitoringIntervalS, bare.config?.snippetsMonitoringIntervalS);
});
