import assert from "node:assert/strict";
import { type Condition, fulfils, type Scalar } from "./condition.ts";

const BIG = 2n ** 60n;

const CASES: readonly { condition: Condition; yes: readonly Scalar[]; no: readonly Scalar[] }[] = [
  {
    condition: { operator: "Equals", value: "Primary" },
    yes: ["Primary"],
    no: ["Secondary", "primary", "", false],
  },
  { condition: { operator: "NotEquals", value: "Primary" }, yes: ["Secondary", ""], no: ["Primary"] },
  { condition: { operator: "Equals", value: false }, yes: [false], no: [true, 0, ""] },
  { condition: { operator: "Equals", value: BIG }, yes: [BIG], no: [BIG + 1n, 0] },
  { condition: { operator: "In", value: ["a", "b"] }, yes: ["a", "b"], no: ["c", "ab"] },
  { condition: { operator: "In", value: [] }, yes: [], no: ["a", 0, false] },
  { condition: { operator: "In", value: [0, 2] }, yes: [0, 2], no: [1, "0"] },
  { condition: { operator: "NotIn", value: ["a", "b"] }, yes: ["c"], no: ["a", "b"] },
  { condition: { operator: "Matches", value: /b+$/u }, yes: ["b", "abb"], no: ["ba", "", 5] },
  { condition: { operator: "GreaterThan", value: 5 }, yes: [6, BIG], no: [5, 4, -1, "6"] },
  { condition: { operator: "GreaterThan", value: BIG }, yes: [BIG + 1n], no: [BIG, 5] },
  { condition: { operator: "LessThan", value: 5 }, yes: [4, -1], no: [5, 6, BIG, "4"] },
];
for (const { condition, yes, no } of CASES) {
  Deno.test(`fulfils() compares with ${condition.operator} ${condition.value}`, () => {
    assert.deepEqual(yes.filter((value) => !fulfils(condition, value)), []);
    assert.deepEqual(no.filter((value) => fulfils(condition, value)), []);
  });
}
