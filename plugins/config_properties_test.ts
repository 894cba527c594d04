/** What holds for any configuration. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "smol-toml";
import { type Content, memoryFiles } from "../tests/support/trials/config_files.ts";
import { formatDiagnostic } from "../src/config/toml/diagnostic.ts";
import { loadConfig } from "../src/config/load.ts";
import { renderConfig } from "../src/config/render.ts";
import { CONNECTION_STATES, DISK_STATES, ROLES } from "../src/drbd/model/vocabulary.ts";
import { PLUGIN_SCHEMAS } from "./schemas.ts";

const load = (files: Readonly<Record<string, Content>>) =>
  loadConfig("/c.toml", memoryFiles(files), { schemas: PLUGIN_SCHEMAS });

const example = await Deno.readTextFile(new URL("../example/drbdd.toml", import.meta.url));
const LINES = example.replaceAll(/^#(?=[a-z[])/gm, "").split("\n").filter((line) =>
  line !== "" && !line.startsWith("#")
);

const SCRAPS = [
  "[",
  "]",
  "[[",
  '"',
  "'",
  '"""',
  "=",
  ".",
  "\n",
  "{",
  "}",
  ",",
  "\\",
  "true",
  "-1",
  "1.5",
  "2024-01-01",
  "inf",
  "[]",
  "{}",
];

/** Lines of the example, in any order, some of them with something wrong in the middle. */
const damaged = fc.array(
  fc.record({
    line: fc.constantFrom(...LINES),
    scrap: fc.option(fc.oneof(fc.constantFrom(...SCRAPS), fc.string({ maxLength: 3 })), { freq: 2, nil: "" }),
    place: fc.nat(40),
    removed: fc.nat(3),
  }).map(({ line, scrap, place, removed }) =>
    scrap === "" ? line : line.slice(0, place) + scrap + line.slice(place + removed)
  ),
  { maxLength: 25 },
).map((lines) => lines.join("\n"));

Deno.test("loadConfig() makes something of any text, and points into it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), damaged), damaged, async (main, snippet) => {
      const files = { "/c.toml": `snippets = "/s"\n${main}`, "/s/a.toml": snippet };
      const { config, diagnostics } = await load(files);
      for (const diagnostic of diagnostics) {
        const text = new Map(Object.entries(files)).get(diagnostic.file) ?? "";
        assert.ok(
          diagnostic.line >= 1 && diagnostic.line <= text.split("\n").length,
          formatDiagnostic(diagnostic),
        );
        assert.match(diagnostic.message, /: found .*, expected /s);
      }
      assert.equal(config === undefined, diagnostics.some(({ severity }) => severity === "error"));
    }),
    { numRuns: 300 },
  );
});

const name = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme-ascii" });
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(keys: T) =>
  fc.record(keys, { requiredKeys: [] });
const seconds = fc.integer({ min: 0, max: 2147483 });
const filter = (value: fc.Arbitrary<unknown>) =>
  fc.oneof(
    value,
    fc.record({ operator: fc.constantFrom("Equals", "NotEquals"), value }),
    fc.record({ value }),
    fc.record({ operator: fc.constantFrom("In", "NotIn"), value: fc.array(value, { maxLength: 3 }) }),
  );

const resource = some({
  "start": fc.uniqueArray(fc.constantFrom("a.service", "b-c.mount", "ocf:v:A i p='x y'", "d@e.service"), {
    maxLength: 3,
  }),
  "stop": fc.array(name, { maxLength: 2 }),
  "runner": fc.constantFrom("systemd", "shell"),
  "on-quorum-loss": fc.constantFrom("shutdown", "freeze"),
  "preferred-nodes": fc.array(name, { maxLength: 3 }),
  "fencing-promote-delay": seconds,
  "secondary-force": fc.boolean(),
  "on-stop-failure": name,
  "monitor": name,
});
const rule = (
  filters: Record<string, fc.Arbitrary<unknown>>,
  states: Record<string, fc.Arbitrary<unknown>>,
) =>
  fc.tuple(
    fc.record({ command: name }),
    some({
      "name": name,
      "env": fc.dictionary(fc.constantFrom("A", "B_C"), name),
      "timeout": fc.integer({ min: 1, max: 100 }),
      "resource-name": filter(name),
      "event-type": filter(fc.constantFrom("Exists", "Change")),
      "old": some(states),
      "new": some(states),
      ...filters,
    }),
  ).map(([required, others]) => ({ ...required, ...others }));

const tables = fc.record({
  "statistics-poll-interval": fc.integer({ min: 1, max: 2147483 }),
  "snippets-monitoring-interval": fc.oneof(fc.constant(0), fc.integer({ min: 30, max: 2147483 })),
  debugger: fc.constantFrom([], [{}], [{ format: "json" }], [{ format: "json" }, { format: "text" }]),
  promoter: fc.array(some({ resources: fc.dictionary(name, resource, { maxKeys: 3 }) }), { maxLength: 2 }),
  umh: fc.array(
    some({
      "max-concurrent": fc.integer({ min: 1, max: 9 }),
      "resource": fc.array(
        rule({}, { role: filter(fc.constantFrom(...ROLES)), "promotion-score": filter(fc.integer()) }),
        { maxLength: 2 },
      ),
      "device": fc.array(
        rule({ volume: filter(fc.nat(9)) }, {
          "disk-state": filter(fc.constantFrom(...DISK_STATES)),
          "size": filter(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
        }),
        { maxLength: 2 },
      ),
      "connection": fc.array(
        rule({}, {
          "connection-state": filter(fc.constantFrom(...CONNECTION_STATES)),
          "congested": fc.boolean(),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
  prometheus: fc.constantFrom([], [{}], [{ address: "[::1]:1", enums: true }, {}]),
  agentx: fc.array(some({ "cache-max": seconds, "peer-states": fc.boolean() }), { maxLength: 1 }),
  api: fc.constantFrom([], [{}], [{ address: "unix:/s" }], [{ address: ":1", "token-file": "/t" }]),
  log: fc.array(some({ level: fc.constantFrom("off", "WARN", "Trace"), file: name }), { maxLength: 2 }),
});

Deno.test("renderConfig() and what is said of a wrong entry hide passwords of agents", async () => {
  const startList = (agent: string) =>
    `[promoter.resources.x]\nstart = ["ocf:heartbeat:${agent} password='s e c' a=b"]\n`;
  const { config } = await load({ "/c.toml": startList("iSCSITarget t") });
  assert.ok(config !== undefined);
  assert.match(renderConfig(config), /"ocf:heartbeat:iSCSITarget t password=\*\*\* a=b"/);
  const { diagnostics } = await load({ "/c.toml": startList("iSCSITarget") });
  assert.match(
    diagnostics.map(formatDiagnostic).join(),
    /found "ocf:heartbeat:iSCSITarget password=\*\*\* a=b", expected/,
  );
});

Deno.test("renderConfig() writes what loads as the same configuration", async () => {
  let loaded = 0;
  await fc.assert(
    fc.asyncProperty(tables, async (all) => {
      const { config } = await load({ "/c.toml": stringify(all) });
      if (config === undefined) return;
      loaded++;
      const rendered = renderConfig(config);
      const again = await load({ "/c.toml": rendered });
      assert.deepEqual(
        again.diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic),
        [],
      );
      assert.deepEqual(again.config, config);
      assert.equal(again.config && renderConfig(again.config), rendered);
    }),
    { numRuns: 200 },
  );
  assert.ok(loaded > 50, `Only ${loaded} of 200 configurations could be used`);
});
