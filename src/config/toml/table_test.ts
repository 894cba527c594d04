import assert from "node:assert/strict";
import { canonicalText, childOf, dotted, isTable, type Path, valueOf } from "./table.ts";

const TABLES: readonly { name: string; value: unknown; want: boolean }[] = [
  { name: "takes a plain object", value: {}, want: true },
  { name: "takes an object without prototype", value: Object.create(null), want: true },
  { name: "refuses a list", value: [], want: false },
  { name: "refuses a date", value: new Date(0), want: false },
  { name: "refuses null", value: null, want: false },
  { name: "refuses a string", value: "a", want: false },
];
for (const { name, value, want } of TABLES) {
  Deno.test(`isTable() ${name}`, () => assert.equal(isTable(value), want));
}

Deno.test("valueOf() does not find what objects inherit", () => {
  assert.equal(valueOf({}, "constructor"), undefined);
  assert.equal(valueOf({ a: 1 }, "a"), 1);
});

Deno.test("childOf() follows keys and indices, and says undefined beyond", () => {
  assert.equal(childOf({ a: [5] }, "a") instanceof Array, true);
  assert.equal(childOf([5], 0), 5);
  assert.equal(childOf([5], "length"), undefined);
  assert.equal(childOf("text", 0), undefined);
});

const PATHS: readonly { path: Path; want: string }[] = [
  { path: ["a", "b-c", "d_1"], want: "a.b-c.d_1" },
  { path: ["umh", 0, "resource", 3, "old"], want: "umh.resource.old" },
  { path: ["promoter", "resources", "my.db"], want: 'promoter.resources."my.db"' },
  { path: [""], want: '""' },
];
for (const { path, want } of PATHS) {
  Deno.test(`dotted() writes ${want}`, () => assert.equal(dotted(path), want));
}

Deno.test("canonicalText() does not depend on the order of keys", () => {
  assert.equal(canonicalText({ a: 1, b: { c: [1], d: 2 } }), canonicalText({ b: { d: 2, c: [1] }, a: 1 }));
});

Deno.test("canonicalText() distinguishes lists in another order, and numbers from texts", () => {
  assert.notEqual(canonicalText({ a: [1, 2] }), canonicalText({ a: [2, 1] }));
  assert.notEqual(canonicalText({ a: 1 }), canonicalText({ a: "1" }));
  assert.notEqual(canonicalText({ a: 2n ** 60n }), canonicalText({ a: 2n ** 60n + 1n }));
});
