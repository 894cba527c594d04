import assert from "node:assert/strict";
import { resourceJson } from "../../../../tests/support/core/resource_json.ts";
import type { Lost, Message } from "../../feed/feed.ts";
import { Snapshot } from "./snapshot.ts";

const LIVE: Message = { event: "status", data: { node: "alpha", version: "1", stale: false, reason: null } };
const END: Message = { event: "snapshot-end", data: { resources: 0 } };
const resource = (name: string): Message => ({ event: "resource", data: resourceJson({ name }) });

function pictureOf(...messages: (Message | Lost)[]): Snapshot {
  const snapshot = new Snapshot();
  for (const message of messages) snapshot.take(message);
  return snapshot;
}

const namesOf = (snapshot: Snapshot) => snapshot.resourceRows().map(({ resource }) => resource.name).sort();

Deno.test("it waits until the snapshot is complete", () => {
  assert.deepEqual(pictureOf().link, { state: "waiting", reason: undefined });
  assert.equal(pictureOf(LIVE, resource("web")).link.state, "waiting");
  const snapshot = pictureOf(LIVE, resource("web"), END);
  assert.deepEqual(snapshot.link, { state: "live" });
  assert.equal(snapshot.node, "alpha");
  assert.deepEqual(namesOf(snapshot), ["web"]);
});

Deno.test("resources come, change and go", () => {
  const snapshot = pictureOf(LIVE, resource("web"), resource("db"), END);
  const version = snapshot.version;
  snapshot.take({ event: "gone", data: { name: "db" } });
  snapshot.take({ event: "resource", data: resourceJson({ name: "web", role: "Primary" }) });
  assert.deepEqual(namesOf(snapshot), ["web"]);
  assert.equal(snapshot.get("web")?.assessment.isPrimaryHere, true);
  assert.ok(snapshot.version > version);
});

Deno.test("why the daemon cannot be reached is shown from the beginning", () => {
  assert.deepEqual(pictureOf({ event: "lost", reason: "nobody answers" }).link, {
    state: "waiting",
    reason: "nobody answers",
  });
});

Deno.test("what was known stays while the feed is lost, as stale; what is gone by then goes with the next snapshot", () => {
  const snapshot = pictureOf(LIVE, resource("web"), resource("db"), END, {
    event: "lost",
    reason: "restarted",
  });
  assert.deepEqual(snapshot.link, { state: "stale", reason: "restarted" });
  assert.deepEqual(namesOf(snapshot), ["db", "web"]);
  for (const message of [LIVE, resource("web")]) snapshot.take(message);
  assert.deepEqual(namesOf(snapshot), ["db", "web"]);
  snapshot.take(END);
  assert.deepEqual(namesOf(snapshot), ["web"]);
  assert.deepEqual(snapshot.link, { state: "live" });
});

Deno.test("what is sent again is not stale, and what is gone by then goes with the next snapshot", () => {
  const snapshot = pictureOf(LIVE, resource("web"), resource("db"), END);
  for (const message of [{ event: "again" } as const, LIVE, resource("web")]) {
    snapshot.take(message);
    assert.deepEqual(snapshot.link, { state: "live" });
  }
  assert.deepEqual(namesOf(snapshot), ["db", "web"]);
  snapshot.take(END);
  assert.deepEqual(namesOf(snapshot), ["web"]);
});

Deno.test("a daemon whose drbdsetup is not running is shown as stale, with the reason", () => {
  const snapshot = pictureOf(LIVE, END);
  snapshot.take({
    event: "status",
    data: { node: "alpha", version: "1", stale: true, reason: "drbdsetup events2 is not running" },
  });
  assert.deepEqual(snapshot.link, { state: "stale", reason: "drbdsetup events2 is not running" });
  snapshot.take(LIVE);
  assert.deepEqual(snapshot.link, { state: "live" });
});

Deno.test("count() counts by what somebody has to care about", () => {
  const snapshot = pictureOf(
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
  assert.deepEqual(snapshot.count(), { critical: 1, unknown: 0, warning: 1, syncing: 1, ok: 1, primary: 1 });
});
