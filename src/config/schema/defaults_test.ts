import assert from "node:assert/strict";
import * as v from "valibot";
import { withDefaults } from "./defaults.ts";

const RULE = v.object({
  command: v.string(),
  name: v.optional(v.string(), ""),
  when: v.optional(v.union([
    v.string(),
    v.variant("operator", [
      v.object({ operator: v.optional(v.literal("Equals"), "Equals"), value: v.string() }),
    ]),
  ])),
});
const SCHEMA = v.pipe(
  v.object({
    id: v.optional(v.pipe(v.string(), v.metadata({ deprecated: true }))),
    count: v.optional(v.pipe(v.number(), v.integer()), 3),
    file: v.optional(v.string()),
    rules: v.optional(v.array(RULE), []),
    by: v.optional(v.record(v.string(), RULE), {}),
  }),
  v.transform(({ count }) => ({ count })),
);

const CASES: readonly { name: string; input: unknown; want: unknown }[] = [
  { name: "fills in what is missing", input: {}, want: { count: 3, rules: [], by: {} } },
  {
    name: "keeps what is there",
    input: { count: 5, file: "f" },
    want: { count: 5, file: "f", rules: [], by: {} },
  },
  {
    name: "leaves out what has no effect",
    input: { id: "x", other: 1 },
    want: { count: 3, rules: [], by: {} },
  },
  {
    name: "fills in within lists, records and unions",
    input: {
      rules: [{ command: "a" }, { command: "b", when: { value: "x" } }],
      by: { z: { command: "c", when: "y" } },
    },
    want: {
      count: 3,
      rules: [{ command: "a", name: "" }, {
        command: "b",
        name: "",
        when: { operator: "Equals", value: "x" },
      }],
      by: { z: { command: "c", name: "", when: "y" } },
    },
  },
];
for (const { name, input, want } of CASES) {
  Deno.test(`withDefaults() ${name}`, () => assert.deepEqual(withDefaults(SCHEMA, input), want));
}
