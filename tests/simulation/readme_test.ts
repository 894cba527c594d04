/** The tables of the README that name sabotages, against the sabotages. */
import assert from "node:assert/strict";
import { RULES } from "./cluster/rules/rule_book.ts";
import { FOUND, SABOTAGES } from "./sabotages/sabotages.ts";

const README = await Deno.readTextFile(new URL("README.md", import.meta.url));
/** What the promoter does at its edges. */
const EDGES = 21;

/** Rows of the table below the line that begins with these names of columns, cell by cell. */
function table(...columns: readonly string[]): string[][] {
  const lines = README.split("\n").map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const head = lines.findIndex((cells) => columns.every((column, place) => cells[place] === column));
  assert.ok(head >= 0, `there is no table with ${columns.join(", ")}`);
  const rows = lines.slice(head + 2);
  return rows.slice(0, rows.findIndex((cells) => cells.length === 0));
}

/** Rule, profile and seed of a sabotage, as a row has them. */
function foundBy(name: string): string[] {
  const { profile = "all" } = SABOTAGES.find((each) => each.name === name) ?? {};
  const [seed, rule] = FOUND[name] ?? [];
  return seed === undefined || rule === undefined ? ["not yet", "", ""] : [rule, profile, `${seed}`];
}

Deno.test("README of the simulation: each sabotage, with the rule and the seed in which it is found", () => {
  const rows = table("sabotage", "what is wrong", "found by", "profile", "seed");
  const expected = SABOTAGES.map(({ name, what }) => [name, what, ...foundBy(name)]);
  assert.deepEqual(rows.toSorted(), expected.toSorted());
});

Deno.test("README of the simulation: what finds each edge of the promoter to be missing", () => {
  const rows = table("edge", "sabotage", "found by", "profile", "seed");
  let edge = "";
  const edges = new Set<string>();
  for (const [name = "", sabotage = "", ...found] of rows) {
    if (name !== "") edge = name;
    edges.add(edge);
    assert.deepEqual(found, foundBy(sabotage), sabotage);
  }
  assert.equal(edges.size, EDGES);
});

Deno.test("README of the simulation: all rules", () => {
  const rows = table("rule", "what is wrong").map(([rule]) => rule);
  assert.deepEqual(rows.toSorted(), [...RULES].toSorted());
});
