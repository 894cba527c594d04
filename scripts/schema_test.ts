import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { parse } from "smol-toml";
import { configurationSchema } from "./schema.ts";
import { withDefinitions } from "./shared_schemas.ts";

const EXAMPLE = new URL("../example/", import.meta.url);
const readExample = (name: string) => Deno.readTextFile(new URL(name, EXAMPLE));

// Words of JSON Schema that are for people only are not checked.
const isValid = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(configurationSchema()));

/** What a validator says about a file: the places of what it refuses. */
function refused(text: string): string[] {
  // As plain JSON, which is what an editor checks.
  isValid(JSON.parse(JSON.stringify(parse(text))));
  return [...new Set(isValid.errors?.map(({ instancePath }) => instancePath))];
}

Deno.test("The JSON Schema in example/ is what deno task schema writes", async () => {
  assert.equal(await readExample("drbdd.schema.json"), configurationSchema());
});

Deno.test("The JSON Schema takes the example, with and without what is commented out", async () => {
  const text = await readExample("drbdd.toml");
  assert.match(text, /^#:schema \.\/drbdd\.schema\.json\n/);
  assert.deepEqual(refused(text), []);
  assert.deepEqual(refused(text.replaceAll(/^#(?=[a-z[])/gm, "")), []);
});

Deno.test("The JSON Schema takes every snippet of the example", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(new URL("snippets/", EXAMPLE))) {
    assert.deepEqual(refused(await readExample(`snippets/${name}`)), [], name);
    count++;
  }
  assert.ok(count >= 6);
});

const TAKEN = [
  "[promoter.resources.x]\nstart = []",
  '[[umh.resource]]\ncommand = "x"\nnew.role = { operator = "In", value = ["Primary"] }',
  '[[umh.device]]\ncommand = "x"\nnew.size.value = 9007199254740991',
  "[metadata]\na = 1\n[promoter.metadata]\nb = 1\n[promoter.resources.x.tool-metadata]\nc = []",
];
for (const text of TAKEN) {
  Deno.test(`The JSON Schema takes ${JSON.stringify(text)}`, () => assert.deepEqual(refused(text), []));
}

const REFUSED: readonly { text: string; at: string }[] = [
  { text: "snipets = '/x'", at: "" },
  { text: "statistics-poll-interval = 0", at: "/statistics-poll-interval" },
  { text: "[[log]]\nlevel = 'loud'", at: "/log/0/level" },
  { text: "[promoter.resources.x]\nrunner = 'sh'", at: "/promoter/resources/x/runner" },
  { text: "[promoter.resources.x]\nstrat = []", at: "/promoter/resources/x" },
  { text: "[promoter.resources.x]\nmetadata = 1", at: "/promoter/resources/x/metadata" },
  { text: "[[umh.resource]]\nname = 'no command'", at: "/umh/resource/0" },
  { text: "[[umh.resource]]\ncommand = 'x'\nnew.role = 'Primry'", at: "/umh/resource/0/new/role" },
  {
    text: "[[umh.resource]]\ncommand = 'x'\nnew.role = { operator = 'LessThan', value = 'Primary' }",
    at: "/umh/resource/0/new/role/operator",
  },
];
for (const { text, at } of REFUSED) {
  Deno.test(`The JSON Schema refuses ${JSON.stringify(text)}`, () => {
    assert.ok(refused(text).includes(at), `${refused(text)}`);
  });
}

Deno.test("withDefinitions() names what is long and written twice, and nothing else", () => {
  const long = { type: "string", enum: ["x".repeat(60), "y".repeat(60)] };
  const short = { type: "string" };
  assert.deepEqual(withDefinitions({ a: long, b: { items: long }, c: short, d: short }), {
    ...{
      a: { $ref: "#/definitions/shared1" },
      b: { items: { $ref: "#/definitions/shared1" } },
      c: short,
      d: short,
    },
    definitions: { shared1: long },
  });
});
