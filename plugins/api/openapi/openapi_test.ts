import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import {
  apiTest,
  type ApiWorld,
  changeOf,
  dumpOf,
  LOOPBACK,
} from "../../../tests/support/trials/api_world.ts";
import { fixtureText, recordings } from "../../../tests/support/core/fixtures.ts";
import { makeRoutes, type Parts } from "../app.ts";
import { OPENAPI } from "./openapi.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(OPENAPI, "openapi");

type Operation = {
  readonly security?: readonly unknown[];
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
      }
    >
  >;
};
const PATHS: Readonly<Record<string, { readonly get: Operation }>> = OPENAPI.paths;

const validators = new Map<string, ValidateFunction>();

/** Compiles a schema of the description once. References are within the description. */
function validatorOf(schema: unknown): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  const known = validators.get(text) ?? ajv.compile(JSON.parse(text));
  validators.set(text, known);
  return known;
}

function valid(schema: unknown, data: unknown, what: string): void {
  const validate = validatorOf(schema);
  assert.ok(
    validate(data),
    `${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(data).slice(0, 500)}`,
  );
}

/** An answer is what the description says of it. */
async function described(response: Response, path: string): Promise<void> {
  const found = PATHS[path]?.get.responses[response.status];
  assert.ok(found, `${path} answers ${response.status}, which is not described`);
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  if (found.content === undefined) return assert.equal(await response.text(), "");
  const content = found.content[type];
  assert.ok(content, `${path} answers ${response.status} as ${type}, which is not described`);
  const text = await response.text();
  valid(content.schema, type === "application/json" ? JSON.parse(text) : text, path);
}

Deno.test("the description has every route, and no other", () => {
  const app = makeRoutes({ clock: {}, known: {} } as Parts);
  const routes = new Set(app.routes.filter(({ method }) => method === "GET").map(({ path }) => path));
  const described = Object.keys(PATHS).map((path) => path.replace(/\{(\w+)\}/, ":$1"));
  assert.deepEqual([...routes].sort(), described.sort());
});

Deno.test("the description is valid: all that it refers to is there", () => {
  const names = Object.keys(OPENAPI.components.schemas);
  for (const [, name] of JSON.stringify(OPENAPI).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    assert.ok(names.includes(name ?? ""), name);
  }
  for (const name of names) ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
});

async function askAll(world: ApiWorld): Promise<void> {
  for (const path of Object.keys(PATHS).filter((path) => path !== "/api/v1/events")) {
    for (const name of ["web", "none"]) await described(await world.ask(path.replace("{name}", name)), path);
    await described(await world.ask(path, { method: "POST" }), path);
    await described(await world.ask(path, { headers: { host: "evil.example" } }), path);
    await described(await world.ask(path, { headers: { "if-none-match": "*" } }), path);
  }
}

apiTest("all answers are as described, before the first dump, live and stale", async (world) => {
  await world.start();
  await askAll(world);
  await world.print(...dumpOf("web", "db"));
  world.daemon.journal.note("web", { wallMs: 0, plugin: "promoter", level: "info", text: "starts" });
  await askAll(world);
  await world.loseDrbdsetup();
  await askAll(world);
});

apiTest("answers to clients without a token are as described", async (world) => {
  world.effects.files.put("/token", "0123456789abcdef");
  await world.start(...dumpOf("web"));
  for (const [path, { get }] of Object.entries(PATHS)) {
    const response = await world.ask(path.replace("{name}", "web"));
    assert.equal(response.status, get.security === undefined ? 401 : 200, path);
    await described(response, path);
  }
}, { ...LOOPBACK, tokenFile: "/token" });

apiTest("messages of the event stream are as described", async (world) => {
  await world.start(...dumpOf("web", "db"));
  const follower = await world.follow("?state=1&recent=1000", { "last-event-id": "none-0" });
  const kinds = new Set<string>();
  const take = async (withinMs?: number) => {
    for (const line of await follower.lines(withinMs)) {
      valid({ $ref: "#/components/schemas/Message" }, line, line.event);
      kinds.add(line.event);
    }
  };
  await take();
  await world.print(
    changeOf.role("web", "Primary"),
    changeOf.disk("db", "Failed"),
    "call helper name:web peer-node-id:1 conn-name:beta volume:0 minor:1 helper:fence-peer",
    "response helper name:web helper:fence-peer status:1792",
    "rename resource name:web new_name:shop",
    "destroy resource name:db",
  );
  await take();
  await world.loseDrbdsetup();
  await take(2_000);
  await take(16_000);
  await follower.leave();
  const all = ["gone", "heartbeat", "reset", "resource", "snapshot-end", "status", "update"];
  assert.deepEqual([...kinds].sort(), all);
});

for (const { name } of recordings()) {
  apiTest(`what is answered of ${name} is as described`, async (world) => {
    await world.start();
    const follower = await world.follow("?state=1&event-type=exists&event-type=create&event-type=change");
    await world.print(fixtureText(name).trimEnd());
    for (const line of await follower.lines(1_000)) {
      valid({ $ref: "#/components/schemas/Message" }, line, line.event);
    }
    await follower.leave();
    await described(await world.ask("/api/v1/resources"), "/api/v1/resources");
  });
}
