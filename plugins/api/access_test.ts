import assert from "node:assert/strict";
import { apiTest, type ApiWorld, dumpOf, LOOPBACK } from "../../tests/support/trials/api_world.ts";
import type { ApiConfig } from "./config.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const GUARDED: ApiConfig = {
  ...LOOPBACK,
  address: { transport: "tcp", hostname: undefined, port: 9943 },
  tokenFile: "/etc/drbdd.token",
};
const SECRET_PATHS = [
  "/api/v1/resources",
  "/api/v1/resources/web",
  "/api/v1/resources/web/decisions",
  "/api/v1/events",
];
const OPEN_PATHS = ["/", "/healthz", "/readyz", "/api/v1/openapi.json"];

async function start(world: ApiWorld): Promise<void> {
  world.effects.files.put("/etc/drbdd.token", TOKEN);
  await world.start(...dumpOf("web"));
}

async function statusOf(
  world: ApiWorld,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await world.ask(path, { headers });
  await response.body?.cancel();
  return response.status;
}

for (const path of SECRET_PATHS) {
  apiTest(`${path} needs the token`, async (world) => {
    await start(world);
    const refused = await world.ask(path);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get("www-authenticate"), 'Bearer realm="drbdd"');
    assert.match((await refused.json()).error, /^A token is needed/);
    const wrong = await world.ask(path, { headers: { authorization: `Bearer ${TOKEN}0` } });
    assert.equal(wrong.status, 401);
    assert.match((await wrong.json()).error, /^This is not the right token/);
    assert.equal(await statusOf(world, `${path}?token=${TOKEN}`), 401);
    assert.equal(await statusOf(world, path, { authorization: `Bearer ${TOKEN}` }), 200);
  }, GUARDED);
}

apiTest(
  "an event stream ends when its token does not hold any more, and goes on while it does",
  async (world) => {
    await start(world);
    const follower = await world.follow("", { authorization: `Bearer ${TOKEN}` });
    assert.deepEqual(await follower.received(), ["status"]);
    assert.deepEqual(await follower.received(20_000), ["heartbeat"]);
    world.effects.files.put("/etc/drbdd.token", `${TOKEN}-another`);
    await world.advance(3_000);
    assert.equal((await follower.reader.read()).done, true);
    assert.equal(
      await statusOf(world, "/api/v1/events", { authorization: `Bearer ${TOKEN}-another` }),
      200,
    );
  },
  GUARDED,
);

apiTest("paths that show nothing about resources need no token", async (world) => {
  await start(world);
  for (const path of OPEN_PATHS) assert.equal(await statusOf(world, path), 200, path);
}, GUARDED);

apiTest("a path that is not there needs the token as well: nothing is to be found out", async (world) => {
  await start(world);
  assert.equal(await statusOf(world, "/api/v1/nothing"), 401);
  assert.equal(await statusOf(world, "/nothing"), 404);
}, GUARDED);

apiTest("any name may be used where a token is asked for", async (world) => {
  await start(world);
  assert.equal(await statusOf(world, "/healthz", { host: "storage.example:9943" }), 200);
}, GUARDED);

apiTest("a name that is not known is refused, for the page too", async (world) => {
  await world.start(...dumpOf("web"));
  for (const path of [...SECRET_PATHS, ...OPEN_PATHS]) {
    const response = await world.ask(path, { headers: { host: "evil.example:9943" } });
    assert.equal(response.status, 421);
    assert.match((await response.json()).error, /"evil.example" is not known here.*host-names/);
  }
});

apiTest("names of the configuration and the node's own are known", async (world) => {
  await world.start(...dumpOf("web"));
  for (const host of ["drbd.example.com", "alpha:9943", "127.0.0.1:1234", "[::1]:9943"]) {
    assert.equal(await statusOf(world, "/api/v1/resources", { host }), 200, host);
  }
}, { ...LOOPBACK, hostNames: ["drbd.example.com"] });

apiTest("behind a unix socket any name is good: no browser comes there", async (world) => {
  await world.start(...dumpOf("web"));
  assert.equal(await statusOf(world, "/api/v1/resources", { host: "api.sock" }), 200);
}, { ...LOOPBACK, address: { transport: "unix", path: "/run/drbdd/api.sock" } });

apiTest("pages of other sites get nothing", async (world) => {
  await world.start(...dumpOf("web"));
  const foreign = [{ origin: "https://evil.example" }, {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "cors",
  }];
  for (const headers of foreign) {
    for (const path of SECRET_PATHS) {
      const response = await world.ask(path, { headers });
      assert.equal(response.status, 403);
      assert.equal(response.headers.get("access-control-allow-origin"), null);
      await response.body?.cancel();
    }
  }
});

for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
  apiTest(`${method} is not allowed anywhere`, async (world) => {
    await world.start(...dumpOf("web"));
    for (const path of [...SECRET_PATHS, ...OPEN_PATHS, "/nothing"]) {
      const response = await world.ask(path, { method });
      assert.equal(response.status, 405, path);
      assert.equal(response.headers.get("allow"), "GET, HEAD");
      await response.body?.cancel();
    }
  });
}

apiTest("every answer has the headers that keep browsers from misusing it", async (world) => {
  await world.start(...dumpOf("web"));
  for (const path of [...SECRET_PATHS, ...OPEN_PATHS, "/nothing"]) {
    const { headers, body } = await world.ask(path);
    await body?.cancel();
    assert.match(
      headers.get("content-security-policy") ?? "",
      /default-src 'none'.*frame-ancestors 'none'/,
      path,
    );
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.match(headers.get("cache-control") ?? "", /no-(cache|store), no-transform/);
  }
});

apiTest("answers are counted by status", async (world) => {
  await world.start(...dumpOf("web"));
  await statusOf(world, "/api/v1/resources");
  await statusOf(world, "/healthz");
  await statusOf(world, "/nothing");
  const family = world.daemon.metrics.families().find(({ name }) => name === "drbdd_api_requests_total");
  assert.deepEqual(family?.samples(), [
    { labels: { address: "127.0.0.1:9943", code: "200" }, value: 2 },
    { labels: { address: "127.0.0.1:9943", code: "404" }, value: 1 },
  ]);
});
