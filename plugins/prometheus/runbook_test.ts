/** The alert rules that are shipped: each leads to a section of the runbook, and works with states left out. */
import assert from "node:assert/strict";
import { DAEMON_ROWS, NODE_ROWS } from "./series/daemon_rows.ts";
import type { Row } from "./series/row.ts";
import { visitTables } from "./series/tables.ts";

const ROOT = new URL("../../", import.meta.url);
const RULES = await Deno.readTextFile(new URL("example/prometheus/drbdd-rules.yaml", ROOT));
const RUNBOOK = await Deno.readTextFile(new URL("docs/runbook.md", ROOT));
/** Where the packages install the pages of docs. */
const INSTALLED = "file:///usr/share/doc/drbdd/runbook.md";
const PARTS = ["Meaning", "Look", "Do", "Over"];

const alerts = RULES.split(/^ +- alert: /m).slice(1).map((text) => ({ name: text.split("\n", 1)[0], text }));
const sections = RUNBOOK.split(/^## /m).slice(1).map((text) => ({ name: text.split("\n", 1)[0], text }));

Deno.test("the runbook has one section for each alert, and no other", () => {
  assert.ok(alerts.length > 20);
  assert.deepEqual(sections.map(({ name }) => name).toSorted(), alerts.map(({ name }) => name).toSorted());
});

Deno.test("the runbook_url of each alert leads to the section of that alert", () => {
  for (const { name, text } of alerts) {
    const urls = [...text.matchAll(/^ +runbook_url: "(.*)"$/gm)].map(([, url]) => url);
    assert.deepEqual(urls, [`${INSTALLED}#${name?.toLowerCase()}`], name);
  }
});

Deno.test("each section of the runbook says what the alert means, how to look, what to do, and when it is over", () => {
  for (const { name, text } of sections) {
    const parts = [...text.matchAll(/^\*\*(\w+)\b/gm)].map(([, part]) => part);
    assert.deepEqual(parts, PARTS, name);
  }
});

Deno.test("no alert needs enums = true", () => {
  const { names, enums } = metrics();
  assert.ok(enums.length > 3);
  for (const { name, text } of alerts) {
    const expression = text.slice(text.indexOf("expr:"), text.search(/^ +(for|labels):/m));
    const used = [...expression.matchAll(/\bdrbdd?_\w+/g)].map(([metric]) => metric);
    assert.deepEqual(used.filter((metric) => enums.includes(metric)), [], name);
    // Those of other plugins have no table.
    const ofTables = used.filter((metric) => !/^drbdd_(promoter|umh|config)_/.test(metric));
    assert.deepEqual(ofTables.filter((metric) => !names.includes(metric)), [], name);
  }
});

function metrics(): { names: string[]; enums: string[] } {
  const names = [...NODE_ROWS, ...DAEMON_ROWS].map(({ name }) => name);
  const enums: string[] = [];
  const add = <Subject>(row: Row<Subject>) =>
    ("words" in row && row.needs !== undefined ? enums : names).push(row.name);
  visitTables({ table: ({ rows }) => rows.forEach(add) });
  return { names, enums };
}
