import assert from "node:assert/strict";
import { MOST_LISTS } from "./app.ts";
import { STALLED_MS, WAIT_MS } from "./http/list_places.ts";
import { apiTest, type ApiWorld, changeOf, dumpOf } from "../../tests/support/trials/api_world.ts";

/** A problem of the assessment. */
interface Found {
  readonly what: string;
}

const LIST = "/api/v1/resources";

async function etagOf(world: ApiWorld, path: string): Promise<string> {
  const response = await world.ask(path);
  await response.body?.cancel();
  return response.headers.get("etag") ?? "";
}

apiTest("GET /api/v1/resources answers all resources by name, a line each", async (world) => {
  await world.start(...dumpOf("web", "db"));
  const response = await world.ask(LIST);
  assert.equal(response.headers.get("content-type"), "application/json");
  const text = await response.text();
  assert.equal(text.split("\n").length, 5);
  assert.deepEqual(JSON.parse(text).map(({ name }: { name: string }) => name), ["db", "web"]);
});

apiTest("GET /api/v1/resources answers an empty list where there is no resource", async (world) => {
  await world.start("exists -");
  assert.deepEqual(await world.json(LIST), []);
});

apiTest("GET /api/v1/resources/NAME answers one resource", async (world) => {
  await world.start(...dumpOf("web", "db"));
  const [, web] = await world.json(LIST) as unknown[];
  assert.deepEqual(await world.json(`${LIST}/web`), web);
  assert.deepEqual(await world.json(`${LIST}/w%65b`), web);
});

apiTest("GET /api/v1/resources/NAME answers 404 for what is not there, and says so", async (world) => {
  await world.start(...dumpOf("web"));
  for (const name of ["none", "%zz", "web%20", "__proto__"]) {
    const response = await world.ask(`${LIST}/${name}`);
    assert.equal(response.status, 404);
    assert.match((await response.json()).error, /^There is no resource ".*" on this node$/);
  }
});

for (const path of [LIST, `${LIST}/web`]) {
  apiTest(`GET ${path} answers 304 until something changes, counters included`, async (world) => {
    await world.start(...dumpOf("db", "web"));
    const first = await etagOf(world, path);
    assert.match(first, /^W\/"[a-z0-9]+-\d+"$/);
    const again = await world.ask(path, { headers: { "if-none-match": `"other", ${first}` } });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
    assert.equal(again.headers.get("etag"), first);
    await world.print(changeOf.written("web", 77));
    assert.notEqual(await etagOf(world, path), first);
    const changed = await world.ask(path, { headers: { "if-none-match": first } });
    assert.equal(changed.status, 200);
    assert.match(await changed.text(), /"written":77/);
  });
}

apiTest("GET /api/v1/resources/NAME keeps its version when another resource changes", async (world) => {
  await world.start(...dumpOf("db", "web"));
  const first = await etagOf(world, `${LIST}/db`);
  await world.print(changeOf.role("web", "Primary"));
  assert.equal(await etagOf(world, `${LIST}/db`), first);
});

apiTest("GET /api/v1/resources says that the state is not known before the first dump", async (world) => {
  await world.start();
  for (const path of [LIST, `${LIST}/web`, `${LIST}/web/decisions`]) {
    const response = await world.ask(path);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.match((await response.json()).error, /waiting for the first dump/);
  }
});

apiTest(
  "GET /api/v1/resources answers the last known state while drbdsetup events2 is not running, and says so",
  async (world) => {
    await world.start(...dumpOf("web"));
    assert.equal((await world.ask(`${LIST}/web`)).headers.get("drbdd-stale"), null);
    await world.loseDrbdsetup();
    for (const path of [LIST, `${LIST}/web`]) {
      const response = await world.ask(path);
      assert.equal(response.status, 200);
      assert.match(
        response.headers.get("drbdd-stale") ?? "",
        /^drbdsetup events2 is not running: .*\(exit code 20\)$/,
      );
      assert.match(await response.text(), /"name":"web"/);
    }
    assert.equal((await world.ask(`${LIST}/none`)).status, 503);
  },
);

apiTest("HEAD has the headers of GET, and no body", async (world) => {
  await world.start(...dumpOf("web"));
  for (const path of [LIST, `${LIST}/web`, "/", "/healthz", "/api/v1/openapi.json", "/api/v1/events"]) {
    const got = await world.ask(path);
    const head = await world.ask(path, { method: "HEAD" });
    assert.deepEqual(head.status, got.status, path);
    assert.deepEqual([...head.headers], [...got.headers], path);
    assert.equal(await head.text(), "", path);
    await got.body?.cancel();
  }
});

const MANY = Array.from({ length: 500 }, (_, place) => `r${place}`);
const askers = (world: ApiWorld) => Promise.all(Array.from({ length: MOST_LISTS }, () => world.ask(LIST)));

apiTest(
  "GET /api/v1/resources: who does not read loses the place to who comes, soon",
  async (world) => {
    await world.start(...dumpOf(...MANY));
    const silent = await askers(world);
    const asked = world.ask(LIST);
    await world.effects.clock.advance(STALLED_MS - 1);
    await world.print(changeOf.role("r7", "Primary"));
    await world.effects.clock.advance(1);
    const response = await asked;
    assert.equal(response.status, 200);
    const list = await response.json() as { name: string; role: string }[];
    assert.equal(list.length, MANY.length);
    assert.equal(list.find(({ name }) => name === "r7")?.role, "Primary", "as it is when the place is there");
    assert.notEqual(response.headers.get("etag"), silent[0]?.headers.get("etag"));
    await assert.rejects(silent[0]?.text() ?? Promise.resolve(), /client stalled/);
    // Those whose places nobody wants keep them.
    assert.equal((await silent[1]?.json() as unknown[]).length, MANY.length);
    await Promise.all(silent.slice(2).map((each) => each.body?.cancel()));
  },
);

apiTest(
  "GET /api/v1/resources turns away more clients than it can serve as long as all read on, and recovers",
  async (world) => {
    await world.start(...dumpOf(...MANY));
    const readers = (await askers(world)).map(({ body }) => body?.getReader());
    const asked = world.ask(LIST);
    for (let passedMs = 0; passedMs < WAIT_MS; passedMs += 100) {
      await Promise.all(readers.map((reader) => reader?.read()));
      await world.effects.clock.advance(100);
    }
    const refused = await asked;
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get("retry-after"), "5");
    assert.equal((await world.ask(`${LIST}/r1`)).status, 200);
    const waiting = world.ask(LIST);
    await readers[3]?.cancel();
    assert.equal((await waiting).status, 200, "one place is enough");
    await (await waiting).body?.cancel();
    await Promise.all(readers.map((reader) => reader?.cancel()));
    assert.equal((await world.json(LIST) as unknown[]).length, MANY.length);
  },
);

apiTest("GET /api/v1/resources/NAME/decisions answers what was decided, oldest first", async (world) => {
  await world.start(...dumpOf("web"));
  assert.deepEqual(await world.json(`${LIST}/web/decisions`), []);
  const wallMs = Date.UTC(2026, 0, 1, 12);
  world.daemon.journal.note("web", {
    wallMs,
    plugin: "promoter",
    level: "info",
    text: "starts: may promote",
  });
  world.daemon.journal.note("web", {
    wallMs: wallMs + 1,
    plugin: "promoter",
    level: "info",
    text: "started",
  });
  world.daemon.journal.note("down", {
    wallMs,
    plugin: "promoter",
    level: "info",
    text: "stopped: the resource is gone",
  });
  assert.deepEqual(await world.json(`${LIST}/web/decisions`), [
    { time: "2026-01-01T12:00:00.000Z", plugin: "promoter", level: "info", text: "starts: may promote" },
    { time: "2026-01-01T12:00:00.001Z", plugin: "promoter", level: "info", text: "started" },
  ]);
  assert.equal((await world.json(`${LIST}/down/decisions`) as unknown[]).length, 1);
  assert.equal((await world.ask(`${LIST}/none/decisions`)).status, 404);
});

apiTest(
  "GET /api/v1/health and the event stream say that the kernel module is too old, also without a resource",
  async (world) => {
    world.effects.processes.install("drbdadm", (role) => {
      role.print("DRBD_KERNEL_VERSION_CODE=0x08040b\nDRBDADM_VERSION_CODE=0x091600\n");
      role.exit(0);
    });
    await world.start("exists -");
    const follower = await world.follow("?state=1");
    const first = await follower.lines();
    const saidOf = ({ data }: { data?: unknown }) =>
      (data as { problems: Found[] }).problems.map(({ what }) => what);
    const health = async () => await world.json("/api/v1/health") as { severity: string; problems: Found[] };
    assert.deepEqual((await health()).problems, []);
    await world.advance(7_000);
    const { severity, problems } = await health();
    assert.equal(severity, "unknown");
    const what = "kernel module 8.4.11 found, DRBD 9 needed";
    assert.deepEqual(problems.map((problem) => problem.what), [what]);
    const later = await follower.lines();
    assert.deepEqual([...first, ...later].filter(({ event }) => event === "status").map(saidOf), [[], [
      what,
    ]]);
    await follower.leave();
  },
);

apiTest(
  "GET /healthz answers while the process turns, GET /readyz while the state is up to date",
  async (world) => {
    await world.start();
    assert.equal(await (await world.ask("/healthz")).text(), "ok\n");
    const early = await world.ask("/readyz");
    assert.equal(early.status, 503);
    assert.equal(await early.text(), "not ready: waiting for the first dump of drbdsetup\n");
    await world.print(...dumpOf("web"));
    const ready = await world.ask("/readyz");
    assert.equal(ready.status, 200);
    assert.equal(await ready.text(), "ready\n");
    await world.loseDrbdsetup();
    assert.equal((await world.ask("/readyz")).status, 503);
    assert.equal((await world.ask("/healthz")).status, 200);
  },
);

apiTest("node-id is asked of drbdsetup once for resources that come", async (world) => {
  world.status =
    "web node-id:2 role:Secondary\n  beta node-id:1 connection:Connected\n\ndb\n    node-id:7 role:Primary\n";
  await world.start(...dumpOf("web", "db"));
  const ids = async () =>
    (await world.json(LIST) as Record<string, unknown>[]).map((resource) => resource["node-id"]);
  const first = await etagOf(world, LIST);
  assert.deepEqual(await ids(), [-1, -1]);
  await world.advance(200);
  assert.deepEqual(await ids(), [7, 2]);
  assert.notEqual(await etagOf(world, LIST), first);
  await world.advance(60_000);
  const asked = () => world.effects.processes.started.filter(({ argv }) => argv[1] === "status");
  assert.equal(asked().length, 1);
  await world.print("rename resource name:web new_name:shop");
  await world.advance(60_000);
  assert.deepEqual(await ids(), [7, 2]);
  assert.equal(asked().length, 1);
  await world.print(
    "destroy resource name:shop",
    ...dumpOf("shop").slice(0, 1).map((line) => line.replace("exists", "create")),
  );
  assert.deepEqual(await ids(), [7, -1]);
  world.status = "shop node-id:3 role:Secondary\n";
  await world.advance(200);
  assert.deepEqual(await ids(), [7, 3]);
});

apiTest(
  "node-id stays -1 if drbdsetup does not print it, and is not requested again and again",
  async (world) => {
    await world.start(...dumpOf("web"));
    await world.advance(3_600_000);
    assert.equal((await world.json(`${LIST}/web`) as Record<string, unknown>)["node-id"], -1);
    assert.equal(world.effects.processes.started.filter(({ argv }) => argv[1] === "status").length, 3);
  },
);
