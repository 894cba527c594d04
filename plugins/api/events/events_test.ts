import assert from "node:assert/strict";
import { apiTest, type ApiWorld, changeOf, dumpOf } from "../../../tests/support/trials/api_world.ts";
import { MOST_STREAMS } from "../app.ts";

const EVENTS = "/api/v1/events";

apiTest("events begin with the status, then follow updates as they come", async (world) => {
  await world.start(...dumpOf("web"));
  const follower = await world.follow();
  const [status, ...others] = await follower.lines();
  assert.equal(status?.event, "status");
  assert.equal(status?.data?.["node"], "alpha");
  assert.equal(status?.data?.["stale"], false);
  assert.equal(status?.data?.["reason"], null);
  assert.deepEqual(others, []);
  await world.print(changeOf.disk("web", "Failed"));
  const [update] = await follower.lines();
  assert.equal(update?.event, "update");
  assert.match(update?.id ?? "", /^[a-z0-9]{8}-6$/);
  const { time, text, old, new: now, ...rest } = update?.data ?? {};
  assert.match(String(time), /^2026-01-01T00:00:00\.\d{3}Z$/);
  assert.match(String(text), /^web device volume 0: .*disk-state UpToDate -> Failed/);
  assert.deepEqual(rest, { kind: "device", type: "change", name: "web", volume: 0 });
  assert.equal(Object(old)["disk-state"], "UpToDate");
  assert.equal(Object(now)["disk-state"], "Failed");
  await follower.leave();
});

apiTest("events come as Server-Sent Events by default", async (world) => {
  await world.start(...dumpOf("web"));
  const follower = await world.follow("", { accept: "text/event-stream" });
  assert.match(
    await follower.text(),
    /^id: [a-z0-9]{8}-5\nevent: status\ndata: \{"node":"alpha",[^\n]*\}\n\n$/,
  );
  await world.print(changeOf.role("web", "Primary"));
  assert.match(
    await follower.text(),
    /^id: [a-z0-9]{8}-6\nevent: update\ndata: \{"time":[^\n]*"role":"Primary"[^\n]*\}\n\n$/,
  );
  await world.advance(15_000);
  assert.match(await follower.text(), /^: heartbeat\nid: [a-z0-9]{8}-6\n\n$/);
  await follower.leave();
});

const FORMS: [string | undefined, string][] = [
  [undefined, "text/event-stream; charset=utf-8"],
  ["*/*", "text/event-stream; charset=utf-8"],
  ["application/x-ndjson", "application/x-ndjson; charset=utf-8"],
  ["application/jsonl", "application/x-ndjson; charset=utf-8"],
  ["application/x-ndjson;q=0.5, text/event-stream", "text/event-stream; charset=utf-8"],
  ["text/event-stream; q=0.1, application/x-ndjson; q=0.9", "application/x-ndjson; charset=utf-8"],
  ["application/x-ndjson;q=0", "text/event-stream; charset=utf-8"],
];
for (const [accept, type] of FORMS) {
  apiTest(`events for Accept ${accept} are ${type}`, async (world) => {
    await world.start(...dumpOf("web"));
    const response = await world.ask(EVENTS, accept === undefined ? {} : { headers: { accept } });
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.headers.get("cache-control"), "no-store, no-transform");
    assert.equal(response.headers.get("x-accel-buffering"), "no");
    await response.body?.cancel();
  });
}

const FILTERS: [string, string[]][] = [
  ["", ["web role", "db device", "web device", "web helper"]],
  ["?resource=db", ["db device"]],
  ["?resource=db&resource=web&kind=device", ["db device", "web device"]],
  ["?kind=helper&kind=resource", ["web role", "web helper"]],
  ["?event-type=call", ["web helper"]],
  ["?event-type=change&kind=helper", []],
  ["?resource=none", []],
];
for (const [query, want] of FILTERS) {
  apiTest(`events${query} are filtered`, async (world) => {
    await world.start(...dumpOf("web", "db"));
    const follower = await world.follow(query);
    await follower.text();
    await world.print(
      changeOf.role("web", "Primary"),
      changeOf.disk("db", "Failed"),
      changeOf.disk("web", "Failed"),
      "call helper name:web volume:0 minor:1 helper:pri-on-incon-degr",
    );
    const received = (await follower.lines()).map(({ data }) => {
      const kind = String(data?.["kind"]);
      return `${data?.["name"]} ${kind === "resource" ? "role" : kind}`;
    });
    assert.deepEqual(received, want);
    await follower.leave();
  });
}

apiTest("events of a rename are sent to clients that filter by either name", async (world) => {
  await world.start(...dumpOf("web"));
  const followers = await Promise.all(["web", "shop", "db"].map((name) => world.follow(`?resource=${name}`)));
  for (const follower of followers) await follower.text();
  await world.print("rename resource name:web new_name:shop");
  const received = [];
  for (const follower of followers) received.push(await follower.received());
  assert.deepEqual(received, [["update web renamed to shop"], ["update web renamed to shop"], []]);
  for (const follower of followers) await follower.leave();
});

for (
  const query of [
    "?kind=disk",
    "?event-type=changed",
    "?snapshot=yes",
    "?state=2",
    "?recent=1001",
    "?recent=-1",
  ]
) {
  apiTest(`events${query} is refused, with what is expected`, async (world) => {
    await world.start(...dumpOf("web"));
    const response = await world.ask(`${EVENTS}${query}`);
    assert.equal(response.status, 400);
    assert.match((await response.json()).error, /^(Unknown|Wrong) .* expected /);
  });
}

apiTest("events?snapshot=1 sends all resources first, then updates only", async (world) => {
  await world.start(...dumpOf("web", "db"));
  const follower = await world.follow("?snapshot=1");
  assert.deepEqual(await follower.received(), ["status", "resource db", "resource web", "snapshot-end 2"]);
  await world.print(changeOf.role("web", "Primary"), changeOf.written("db", 5));
  const [update, ...others] = await follower.lines(2_000);
  assert.equal(update?.event, "update");
  assert.deepEqual(others, []);
  await follower.leave();
});

for (const query of ["snapshot=1", "state=1", "snapshot=1&state=1&recent=5"]) {
  apiTest(
    `events?${query} sends the snapshot when the state is known, and the first dump only in it`,
    async (world) => {
      await world.start();
      const fresh = await world.follow(`?${query}`);
      const back = await world.follow(`?${query}`, { "last-event-id": "other-7" });
      const waiting = await fresh.lines(20_000);
      assert.deepEqual(waiting.map(({ event }) => event), ["status", "heartbeat"]);
      assert.equal(waiting[0]?.data?.["stale"], true);
      assert.deepEqual((await back.lines()).map(({ event }) => event), ["status", "reset"]);
      const names = Array.from({ length: 1_500 }, (_, number) => `r${String(number).padStart(4, "0")}`);
      await world.print(...dumpOf(...names));
      for (const follower of [fresh, back]) {
        const received = await follower.received(1_000);
        assert.deepEqual(received, [
          "status",
          ...names.map((name) => `resource ${name}`),
          "snapshot-end 1500",
        ]);
      }
      await world.print(changeOf.disk("r0001", "Failed"));
      assert.match(
        (await fresh.received())[0] ?? "",
        /^update r0001 device volume 0: .*disk-state UpToDate -> Failed/,
      );
      for (const follower of [fresh, back]) await follower.leave();
    },
  );
}

apiTest("events?snapshot=1 of a node without resources is complete at once", async (world) => {
  await world.start("exists -");
  const follower = await world.follow("?snapshot=1");
  assert.deepEqual(await follower.received(), ["status", "snapshot-end 0"]);
  await follower.leave();
});

apiTest(
  "events?snapshot=1 sends what was known last while drbdsetup events2 is not running",
  async (world) => {
    await world.start(...dumpOf("web"));
    await world.loseDrbdsetup();
    const follower = await world.follow("?snapshot=1");
    assert.deepEqual((await follower.received()).slice(1), ["resource web", "snapshot-end 1"]);
    await follower.leave();
  },
);

apiTest("events?snapshot=1 sends resources as GET of one answers them", async (world) => {
  await world.start(...dumpOf("web", "db"));
  const follower = await world.follow("?snapshot=1&resource=web");
  const lines = await follower.lines();
  assert.deepEqual(lines.map(({ event }) => event), ["status", "resource", "snapshot-end"]);
  assert.deepEqual(lines[1]?.data, await world.json("/api/v1/resources/web"));
  await follower.leave();
});

apiTest(
  "events?state=1 sends resources again when anything of them changes, and those that are gone",
  async (world) => {
    await world.start(...dumpOf("web", "db"));
    const follower = await world.follow("?state=1&kind=helper");
    await follower.text();
    await world.print(changeOf.written("web", 7));
    const [counter, ...none] = await follower.lines(1_000);
    assert.equal(counter?.event, "resource");
    assert.match(JSON.stringify(counter?.data), /"written":7/);
    assert.deepEqual(none, []);
    await world.print(
      ...Array.from({ length: 20 }, (_, round) => changeOf.role("db", round % 2 ? "Primary" : "Secondary")),
    );
    assert.deepEqual(await follower.received(), ["resource db"]);
    await world.print("destroy resource name:web", "rename resource name:db new_name:shop");
    assert.deepEqual(await follower.received(), ["gone db", "gone web", "resource shop"]);
    await follower.leave();
  },
);

apiTest("events?recent=N sends the last updates that match, before the resources", async (world) => {
  await world.start(...dumpOf("web"));
  await world.print(
    changeOf.role("web", "Primary"),
    changeOf.disk("web", "Failed"),
    changeOf.role("web", "Secondary"),
  );
  const follower = await world.follow("?recent=2&kind=resource&state=1&event-type=change");
  const received = await follower.received();
  assert.deepEqual(received.map((line) => line.split(" ")[0]), [
    "status",
    "update",
    "update",
    "resource",
    "snapshot-end",
  ]);
  assert.match(received[1] ?? "", /role Secondary -> Primary/);
  assert.match(received[2] ?? "", /role Primary -> Secondary/);
  await follower.leave();
  const all = await world.follow("?recent=1000");
  assert.equal((await all.lines()).length, 1 + 5 + 3);
  await all.leave();
});

apiTest("events report when the state becomes stale, and when it is up to date again", async (world) => {
  await world.start(...dumpOf("web"));
  const follower = await world.follow();
  await follower.text();
  await world.loseDrbdsetup();
  const [gone] = await follower.lines(1_000);
  assert.equal(gone?.event, "status");
  assert.equal(gone?.data?.["stale"], true);
  assert.match(String(gone?.data?.["reason"]), /^drbdsetup events2 is not running/);
  await world.print(...dumpOf("web"));
  const [back] = await follower.lines(1_000);
  assert.deepEqual([back?.event, back?.data?.["stale"]], ["status", false]);
  await follower.leave();
});

async function idAfter(world: ApiWorld, ...lines: string[]): Promise<string> {
  const follower = await world.follow();
  await follower.text();
  await world.print(...lines);
  const last = (await follower.lines()).at(-1);
  await follower.leave();
  return last?.id ?? "";
}

apiTest("Last-Event-ID goes on after that event, without a snapshot", async (world) => {
  await world.start(...dumpOf("web"));
  const id = await idAfter(world, changeOf.role("web", "Primary"));
  await world.print(changeOf.disk("web", "Failed"), changeOf.role("web", "Secondary"));
  const follower = await world.follow("?snapshot=1", { "last-event-id": id });
  const received = await follower.received();
  assert.deepEqual(received.map((line) => line.split(" ")[0]), ["status", "update", "update"]);
  assert.match(received[1] ?? "", /disk-state UpToDate -> Failed/);
  await follower.leave();
});

for (const id of ["zzzzzzzz-3", "nonsense", "-1"]) {
  apiTest(`Last-Event-ID "${id}" that means nothing here makes the client start over`, async (world) => {
    await world.start(...dumpOf("web"));
    const follower = await world.follow("?snapshot=1", { "last-event-id": id });
    const [status, reset, ...rest] = await follower.received();
    assert.equal(status, "status");
    assert.match(reset ?? "", /^reset /);
    assert.deepEqual(rest, ["resource web", "snapshot-end 1"]);
    await follower.leave();
  });
}

apiTest("an empty Last-Event-ID is none", async (world) => {
  await world.start(...dumpOf("web"));
  const follower = await world.follow("", { "last-event-id": "" });
  assert.deepEqual(await follower.received(), ["status"]);
  await follower.leave();
});

function flips(count: number): string[] {
  return Array.from(
    { length: count },
    (_, round) => changeOf.role("web", round % 2 === 0 ? "Primary" : "Secondary"),
  );
}

apiTest("Last-Event-ID of more than 10,000 updates ago is a reset, of 10,000 it is not", async (world) => {
  await world.start(...dumpOf("web"));
  const id = await idAfter(world, changeOf.role("web", "Unknown"));
  await world.print(...flips(10_000));
  const near = await world.follow("", { "last-event-id": id });
  assert.equal((await near.lines()).length, 10_001);
  await near.leave();
  await world.print(...flips(1));
  const far = await world.follow("", { "last-event-id": id });
  assert.match((await far.received()).join(), /^status,reset /);
  await far.leave();
});

apiTest("a client that wants little of what happens comes back without a reset", async (world) => {
  await world.start(...dumpOf("web", "db"));
  const follower = await world.follow("?resource=db");
  await follower.text();
  for (let half = 0; half < 2; half++) {
    await world.print(...flips(6_000));
    assert.deepEqual(await follower.lines(1_000), []);
  }
  const [heartbeat, ...others] = await follower.lines(15_000);
  assert.deepEqual([heartbeat?.event, others], ["heartbeat", []]);
  await follower.leave();
  await world.print(changeOf.disk("db", "Failed"));
  const back = await world.follow("?resource=db", { "last-event-id": heartbeat?.id ?? "" });
  assert.deepEqual((await back.received()).map((line) => line.split(":")[0]), [
    "status",
    "update db device volume 0",
  ]);
  await back.leave();
});

apiTest(
  "each message from which a client can go on has an id; none before the snapshot is complete",
  async (world) => {
    await world.start(...dumpOf("web"));
    const idsOf = async (query: string, id?: string) => {
      const follower = await world.follow(query, id === undefined ? {} : { "last-event-id": id });
      const lines = await follower.lines();
      await follower.leave();
      return lines.map(({ event, id }) => `${event}${id === undefined ? "" : ` ${id.split("-")[1]}`}`);
    };
    assert.deepEqual(await idsOf("?snapshot=1&recent=1"), ["status", "update", "resource", "snapshot-end 5"]);
    assert.deepEqual(await idsOf("?recent=1"), ["status 4", "update 5"]);
    assert.deepEqual(await idsOf("?state=1&recent=1"), [
      "status 4",
      "update 5",
      "resource",
      "snapshot-end 5",
    ]);
    assert.deepEqual(await idsOf("", "other-1"), ["status 5", "reset 5"]);
    assert.deepEqual(await idsOf("?snapshot=1", "other-1"), [
      "status",
      "reset",
      "resource",
      "snapshot-end 5",
    ]);
  },
);

apiTest("a client that reads slowly gets a reset event, and a new snapshot", async (world) => {
  await world.start(...dumpOf("web"));
  const follower = await world.follow("?snapshot=1");
  await follower.text();
  await world.print(...flips(11_000));
  const received = await follower.lines();
  assert.deepEqual(received.map(({ event }) => event), ["reset", "resource", "snapshot-end"]);
  assert.deepEqual(received.map(({ id }) => id !== undefined), [false, false, true]);
  await world.print(changeOf.disk("web", "Failed"));
  assert.match((await follower.received())[0] ?? "", /disk-state UpToDate -> Failed/);
  await follower.leave();
});

apiTest("a client that reads nothing for half a minute is let go", async (world) => {
  await world.start(...dumpOf("web"));
  const response = await world.ask(`${EVENTS}?state=1`);
  const reader = response.body?.getReader();
  await reader?.read();
  assert.equal(
    world.daemon.metrics.families().find(({ name }) => name === "drbdd_api_event_streams")?.samples()[0]
      ?.value,
    1,
  );
  await world.print(...flips(2));
  await world.advance(30_000);
  assert.equal(
    world.daemon.metrics.families().find(({ name }) => name === "drbdd_api_event_streams")?.samples()[0]
      ?.value,
    0,
  );
  await assert.rejects(async () => await reader?.read(), /took nothing for 30 seconds/);
});

apiTest("a heartbeat comes every 15 seconds while nothing else does", async (world) => {
  await world.start(...dumpOf("web"));
  const follower = await world.follow();
  await follower.text();
  assert.deepEqual(await follower.lines(14_000), []);
  assert.deepEqual(await follower.received(2_000), ["heartbeat"]);
  for (let minute = 0; minute < 4; minute++) assert.deepEqual(await follower.received(15_000), ["heartbeat"]);
  await follower.leave();
});

apiTest("a client that leaves leaves nothing behind", async (world) => {
  await world.start(...dumpOf("web"));
  await world.advance(60_000);
  const before = world.effects.clock.pendingTimers;
  const followers = await Promise.all(Array.from({ length: 5 }, () => world.follow("?state=1")));
  for (const follower of followers) await follower.text();
  assert.ok(world.effects.clock.pendingTimers > before);
  for (const follower of followers) await follower.leave();
  assert.equal(world.effects.clock.pendingTimers, before);
});

apiTest("more event streams than can be served are turned away until one ends", async (world) => {
  await world.start(...dumpOf("web"));
  const followers = await Promise.all(Array.from({ length: MOST_STREAMS }, () => world.follow()));
  const refused = await world.ask(EVENTS);
  assert.equal(refused.status, 503);
  assert.match((await refused.json()).error, /Too many clients/);
  await followers.pop()?.leave();
  const next = await world.follow();
  assert.deepEqual(await next.received(), ["status"]);
  for (const follower of [...followers, next]) await follower.leave();
});
