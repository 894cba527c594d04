import assert from "node:assert/strict";
import { resourceJson } from "../../../tests/support/resource_json.ts";
import type { Lost, Message } from "../feed/feed.ts";
import { Picture } from "./snapshot.ts";

const LIVE: Message = { event: "status", data: { node: "alpha", version: "1", stale: false, reason: null } };
const END: Message = { event: "snapshot-end", data: { resources: 0 } };
const resource = (name: string): Message => ({ event: "resource", data: resourceJson({ name }) });

function pictureOf(...messages: (Message | Lost)[]): Picture {
  const picture = new Picture();
  for (const message of messages) picture.take(message);
  return picture;
}

const namesOf = (picture: Picture) => picture.sights().map(({ resource }) => resource.name).sort();

Deno.test("it waits until all is told", () => {
  assert.deepEqual(pictureOf().link, { state: "waiting", reason: undefined });
  assert.equal(pictureOf(LIVE, resource("web")).link.state, "waiting");
  const picture = pictureOf(LIVE, resource("web"), END);
  assert.deepEqual(picture.link, { state: "live" });
  assert.equal(picture.node, "alpha");
  assert.deepEqual(namesOf(picture), ["web"]);
});

Deno.test("resources come, change and go", () => {
  const picture = pictureOf(LIVE, resource("web"), resource("db"), END);
  const version = picture.version;
  picture.take({ event: "gone", data: { name: "db" } });
  picture.take({ event: "resource", data: resourceJson({ name: "web", role: "Primary" }) });
  assert.deepEqual(namesOf(picture), ["web"]);
  assert.equal(picture.get("web")?.judgement.isPrimaryHere, true);
  assert.ok(picture.version > version);
});

Deno.test("why it cannot be reached is told from the beginning", () => {
  assert.deepEqual(pictureOf({ event: "lost", reason: "nobody answers" }).link, {
    state: "waiting",
    reason: "nobody answers",
  });
});

Deno.test("what was known stays while the feed is lost, as stale; what is gone by then goes with the next snapshot", () => {
  const picture = pictureOf(LIVE, resource("web"), resource("db"), END, {
    event: "lost",
    reason: "restarted",
  });
  assert.deepEqual(picture.link, { state: "stale", reason: "restarted" });
  assert.deepEqual(namesOf(picture), ["db", "web"]);
  for (const message of [LIVE, resource("web")]) picture.take(message);
  assert.deepEqual(namesOf(picture), ["db", "web"]);
  picture.take(END);
  assert.deepEqual(namesOf(picture), ["web"]);
  assert.deepEqual(picture.link, { state: "live" });
});

Deno.test("what is told again is not stale, and what is gone by then goes with the next snapshot", () => {
  const picture = pictureOf(LIVE, resource("web"), resource("db"), END);
  for (const message of [{ event: "again" } as const, LIVE, resource("web")]) {
    picture.take(message);
    assert.deepEqual(picture.link, { state: "live" });
  }
  assert.deepEqual(namesOf(picture), ["db", "web"]);
  picture.take(END);
  assert.deepEqual(namesOf(picture), ["web"]);
});

Deno.test("a daemon whose drbdsetup is away is told as stale, with the reason", () => {
  const picture = pictureOf(LIVE, END);
  picture.take({
    event: "status",
    data: { node: "alpha", version: "1", stale: true, reason: "drbdsetup is away" },
  });
  assert.deepEqual(picture.link, { state: "stale", reason: "drbdsetup is away" });
  picture.take(LIVE);
  assert.deepEqual(picture.link, { state: "live" });
});

Deno.test("count() counts by what somebody has to care about", () => {
  const picture = pictureOf(
    LIVE,
    resource("a"),
    { event: "resource", data: resourceJson({ name: "b", role: "Primary", quorum: false }) },
    { event: "resource", data: resourceJson({ name: "c", beta: { connection: "Connecting" } }) },
    {
      event: "resource",
      data: resourceJson({ name: "d", beta: { disks: [{ replication: "SyncSource" }] } }),
    },
    END,
  );
  assert.deepEqual(picture.count(), { critical: 1, unknown: 0, warning: 1, syncing: 1, ok: 1, primary: 1 });
});
