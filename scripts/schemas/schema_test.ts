import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { parse } from "smol-toml";
import { SCHEMA_LINE, templateOf } from "../../src/ctl/edit/templates.ts";
import { examples } from "../package/contents.ts";
import { configurationSchema } from "./schema.ts";
import { withDefinitions } from "./shared_schemas.ts";

const EXAMPLE = new URL("../../example/", import.meta.url);
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

Deno.test("installed files, snippets and what drbddctl edit writes name the schema where it is installed", async () => {
  const [schema] = (await examples()).filter(({ path }) => path.endsWith(".schema.json"));
  const line = `#:schema file://${schema?.path}\n`;
  assert.equal(SCHEMA_LINE, line);
  assert.ok(templateOf("promoter", "web").startsWith(line));
  const snippets = await Array.fromAsync(Deno.readDir(new URL("snippets/", EXAMPLE)), ({ name }) => name);
  const files = [
    "drbdd.toml",
    "../scripts/package/drbdd.toml",
    ...snippets.map((name) => `snippets/${name}`),
  ];
  for (const name of files) assert.ok((await readExample(name)).startsWith(line), name);
});

/** What a validator says about a file: each finding with its place, but not the one that sums others up. */
function findings(text: string): string[] {
  isValid(JSON.parse(JSON.stringify(parse(text))));
  return (isValid.errors ?? []).filter(({ keyword }) => keyword !== "if").map(
    ({ instancePath, message, params }) => `${instancePath} ${params["additionalProperty"] ?? message}`,
  );
}

/** Tables with one misspelt key or word, and the only finding. */
const MISSPELT: Readonly<Record<string, string>> = {
  "snipets = '/x'": " snipets",
  "[[log]]\nlevle = 'info'": "/log/0 levle",
  "[[promoter]]\n[promoter.resources.web]\nstrat = ['a']": "/promoter/0/resources/web strat",
  "[promoter]\n[promoter.resources.web]\nstrat = ['a']": "/promoter/resources/web strat",
  "[[prometheus]]\nadress = 'x'": "/prometheus/0 adress",
  "[[agentx]]\ncache_max = 1": "/agentx/0 cache_max",
  "[[api]]\ntokn-file = '/x'": "/api/0 tokn-file",
  "[[debugger]]\nfromat = 'json'": "/debugger/0 fromat",
  "[[umh]]\n[[umh.resource]]\ncomand = 'x'": "/umh/0/resource/0 comand",
  "[[umh]]\n[[umh.resource]]\ncommand = 'x'\nnew.rol = 'Primary'": "/umh/0/resource/0/new rol",
  "[[umh]]\n[[umh.resource]]\ncommand = 'x'\nnew.role = { operator = 'In', vlue = ['Primary'] }":
    "/umh/0/resource/0/new/role vlue",
  "[[umh]]\n[[umh.resource]]\ncommand = 'x'\nnew.role = 'Primry'":
    "/umh/0/resource/0/new/role must be equal to one of the allowed values",
  "[[umh]]\n[[umh.resource]]\ncommand = 'x'\nnew.role = { operator = 'In', value = ['Primry'] }":
    "/umh/0/resource/0/new/role/value/0 must be equal to one of the allowed values",
  "[[umh]]\n[[umh.resource]]\nname = 'x'": "/umh/0/resource/0 must have required property 'command'",
};
for (const [text, finding] of Object.entries(MISSPELT)) {
  Deno.test(`The JSON Schema has one finding, at its place: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(findings(text), [finding]);
  });
}

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
