import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "smol-toml";
import { diagnose } from "../toml/report.ts";
import { nonEmpty, pathItem, seconds, wholeNumber } from "./values.ts";
import { validate } from "./validate.ts";

const WORD = v.picklist(["Primary", "Secondary"]);
const NAMED = v.union([
  WORD,
  v.variant("operator", [
    v.object({ operator: v.optional(v.picklist(["Equals", "NotEquals"]), "Equals"), value: WORD }),
    v.object({ operator: v.literal("In"), value: v.array(WORD) }),
  ]),
]);
const SCHEMA = v.object({
  id: v.optional(v.pipe(v.string(), v.metadata({ deprecated: true }))),
  count: v.optional(wholeNumber(1, 9), 3),
  wait: v.optional(seconds(0)),
  size: v.optional(v.union([v.pipe(v.number(), v.safeInteger()), v.bigint()])),
  flag: v.optional(v.boolean(), false),
  some: v.optional(v.union([v.boolean(), v.literal("all")]), false),
  names: v.optional(v.array(nonEmpty()), []),
  role: v.optional(NAMED),
  level: v.optional(v.pipe(v.string(), v.toLowerCase(), v.picklist(["info", "warn"]))),
  even: v.optional(v.pipe(v.number(), v.check((n) => n % 2 === 0, "an even number"))),
  by: v.optional(
    v.record(v.string(), v.object({ need: v.string(), deep: v.optional(v.object({ x: v.number() })) })),
    {},
  ),
  checked: v.optional(v.pipe(
    v.object({ a: v.optional(v.string()) }),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.value.a === undefined || dataset.value.a === "good") return;
      const path: [v.IssuePathItem] = [pathItem(dataset.value, "a")];
      addIssue({
        input: dataset.value.a,
        received: "a bad one",
        expected: '"good"',
        message: "a good one",
        path,
      });
    }),
  )),
});

/** What is said about a text, each as `LINE:COLUMN message`. */
function reported(text: string, faults: readonly unknown[] = []): string[] {
  const source = { file: "f", text, faults };
  const { findings } = validate(SCHEMA, parse(text, { integersAsBigInt: "asNeeded" }), source, []);
  return diagnose(findings).map(({ severity, line, column, message }) =>
    `${severity} ${line}:${column} ${message}`
  );
}

const ROLES = '"Primary" or "Secondary"';

const WRONG: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: "a number with a unit in quotes",
    text: 'count = "3s"\nwait = "2 min"',
    want: [
      'error 1:9 Wrong value of "count": found "3s", expected a whole number from 1 to 9 without a unit',
      'error 2:8 Wrong value of "wait": found "2 min", expected a whole number from 0 to 2147483 without a unit (it is in seconds)',
    ],
  },
  {
    name: "a name with dots and no quotes",
    text: '[by.my.web]\nneed = "x"\n[by.a.b.c]\nneed = "x"',
    want: [
      'warning 1:8 Unknown key, ignored: found "web" in "by.my", expected quotes around a name with dots: [by."my.web"]',
      'warning 3:7 Unknown key, ignored: found "b" in "by.a", expected quotes around a name with dots: [by."a.b.c"]',
      'error 1:5 Missing key "need" in "by.my": found nothing, expected a string',
      'error 3:5 Missing key "need" in "by.a": found nothing, expected a string',
    ],
  },
  {
    name: "a table in two pairs of brackets",
    text: '[[by.x]]\nneed = "x"',
    want: ['error 1:6 Wrong value of "by.x": found [[by.x]], expected a table, with the header [by.x]'],
  },
  {
    name: "a key of the daemon after a header",
    text: '[by.x]\nneed = "x"\nsnippets = "/etc/drbdd.d"',
    want: [
      'warning 3:1 Unknown key, ignored: found "snippets" in "by.x", expected it in the main file above the first [table]: what follows a [table] belongs to that table',
    ],
  },
  {
    name: "a number of the wrong type",
    text: 'count = "3"',
    want: ['error 1:9 Wrong value of "count": found "3", expected a whole number from 1 to 9'],
  },
  {
    name: "a number out of range",
    text: "count = 10",
    want: ['error 1:9 Wrong value of "count": found 10, expected a whole number from 1 to 9'],
  },
  {
    name: "a fraction",
    text: "count = 1.5",
    want: ['error 1:9 Wrong value of "count": found 1.5, expected a whole number from 1 to 9'],
  },
  {
    name: "infinity",
    text: "count = inf",
    want: ['error 1:9 Wrong value of "count": found inf, expected a whole number from 1 to 9'],
  },
  {
    name: "a date",
    text: "count = 2024-01-01",
    want: ['error 1:9 Wrong value of "count": found a date, expected a whole number from 1 to 9'],
  },
  {
    name: "a text for a large number",
    text: 'size = "1"',
    want: ['error 1:8 Wrong value of "size": found "1", expected a whole number'],
  },
  {
    name: "a word for true or false",
    text: 'flag = "yes"',
    want: ['error 1:8 Wrong value of "flag": found "yes", expected true or false'],
  },
  {
    name: "one text for a list",
    text: 'names = "a"',
    want: ['error 1:9 Wrong value of "names": found "a", expected a list of strings that are not empty'],
  },
  {
    name: "each wrong element of a list",
    text: 'names = ["a", 2,\n  ""]',
    want: [
      'error 1:15 Wrong value of "names": found 2, expected a string that is not empty',
      'error 2:3 Wrong value of "names": found "", expected a string that is not empty',
    ],
  },
  {
    name: "a list for a table",
    text: "by = [1]",
    want: ['error 1:6 Wrong value of "by": found a list, expected a table'],
  },
  {
    name: "a list of tables for a table",
    text: "[[by]]\nx = 1",
    want: ['error 1:3 Wrong value of "by": found [[by]], expected a table, with the header [by]'],
  },
  {
    name: "a date for a table within a table",
    text: "by.a = 07:00:00",
    want: ['error 1:8 Wrong value of "by.a": found a date, expected a table'],
  },
  {
    name: "a misspelt word",
    text: 'role = "Primry"',
    want: [`error 1:8 Wrong value of "role": found "Primry", expected ${ROLES} (did you mean "Primary"?)`],
  },
  {
    name: "a misspelt word in the other form",
    text: 'role = { operator = "NotEquals", value = "secondary" }',
    want: [
      `error 1:42 Wrong value of "role.value": found "secondary", expected ${ROLES} (did you mean "Secondary"?)`,
    ],
  },
  {
    name: "a misspelt operator",
    text: 'role.operator = "NotEqual"\nrole.value = "Primary"',
    want: [
      'error 1:17 Wrong value of "role.operator": found "NotEqual", expected "Equals", "NotEquals" or "In" (did you mean "NotEquals"?)',
    ],
  },
  {
    name: "an operator without value",
    text: 'role.operator = "In"',
    want: [
      'error 1:1 Missing key "value" in "role": found nothing, expected a list of "Primary" or "Secondary"',
    ],
  },
  {
    name: "an element that the operator does not take",
    text: 'role = { operator = "In", value = ["Primary", "Third"] }',
    want: [`error 1:47 Wrong value of "role.value": found "Third", expected ${ROLES}`],
  },
  {
    name: "a value of neither form",
    text: "role = 3",
    want: [`error 1:8 Wrong value of "role": found 3, expected ${ROLES}, or a table`],
  },
  {
    name: "a list where a word or table is wanted",
    text: 'role = ["Primary"]',
    want: [`error 1:8 Wrong value of "role": found a list, expected ${ROLES}, or a table`],
  },
  {
    name: "a word as it was written, whatever its case",
    text: 'level = "INFOS"',
    want: [
      'error 1:9 Wrong value of "level": found "INFOS", expected "info" or "warn" (did you mean "info"?)',
    ],
  },
  {
    name: "what a check says",
    text: "even = 3",
    want: ['error 1:8 Wrong value of "even": found 3, expected an even number'],
  },
  {
    name: "what a raw check says",
    text: 'checked.a = "god"',
    want: [
      'error 1:13 Wrong value of "checked.a": found a bad one, expected a good one (did you mean "good"?)',
    ],
  },
  {
    name: "a missing key",
    text: "[by.a]",
    want: ['error 1:5 Missing key "need" in "by.a": found nothing, expected a string'],
  },
  {
    name: "a name that objects keep for themselves",
    text: "[by.constructor]\nneed = 'x'",
    want: [
      'error 1:5 Wrong name in "by": found "constructor", expected another name, as JavaScript keeps this one for itself',
    ],
  },
  {
    name: "an unknown key, at every depth",
    text: '[by.a]\nneed = ""\nned = 1\n[by.a.deep]\nx = 1\nother = 2',
    want: [
      'warning 3:1 Unknown key, ignored: found "ned" in "by.a", expected "need" or "deep" (did you mean "need"?)',
      'warning 6:1 Unknown key, ignored: found "other" in "by.a.deep", expected "x"',
    ],
  },
  {
    name: "an unknown key in a union",
    text: 'role = { valeu = "Primary", value = "Primary" }',
    want: [
      'warning 1:10 Unknown key, ignored: found "valeu" in "role", expected "operator" or "value" (did you mean "value"?)',
    ],
  },
  {
    name: "a word that is none of those which a switch takes besides",
    text: 'some = "al"',
    want: ['error 1:8 Wrong value of "some": found "al", expected true or false, or "all"'],
  },
  {
    name: "a deprecated key",
    text: 'id = "a"',
    want: ['warning 1:1 Deprecated key, ignored: found "id" in the file, expected it to be left out'],
  },
];
for (const { name, text, want } of WRONG) {
  Deno.test(`validate() reports ${name}`, () => assert.deepEqual(reported(text), want));
}

Deno.test("validate() does not miss a key in a file that could not be read in whole", () => {
  assert.deepEqual(reported("[by.a]", ["a fault"]), []);
});

Deno.test("validate() cuts long values short", () => {
  const [message = ""] = reported(`role = "${"x".repeat(500)}"`);
  assert.ok(message.length < 200, message);
});

Deno.test("validate() has no output if there is an error, and one in spite of warnings", () => {
  const source = { file: "f", text: "", faults: [] };
  assert.equal(validate(SCHEMA, { count: 0 }, source, []).output, undefined);
  assert.equal(validate(SCHEMA, { by: [] }, source, []).output, undefined);
  assert.equal(validate(SCHEMA, { unknown: 0 }, source, []).output?.count, 3);
});
