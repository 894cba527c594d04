import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { EventStream } from "../../drbd/state/stream.ts";
import type { Unplaced, Update } from "../../drbd/model/update.ts";
import { Broadcast } from "./broadcast.ts";
import type { Missed, Subscription } from "./plugin.ts";
import { blockOf } from "../../../tests/support/core/blocks.ts";

const DUMP = [
  "exists resource name:web role:Secondary suspended:no force-io-failures:no may_promote:no promotion_score:0",
  "exists device name:web volume:0 minor:1 backing_dev:/dev/a disk:UpToDate client:no open:no quorum:yes",
  "exists resource name:db role:Secondary suspended:no force-io-failures:no may_promote:no promotion_score:0",
  "exists -",
].join("\n");
const role = (name: string, word: string) => `change resource name:${name} role:${word}`;
const disk = (name: string, word: string) => `change device name:${name} volume:0 disk:${word}`;

class Trial {
  readonly clock = new SimulatedClock();
  readonly log = new LogRecorder();
  readonly stream = new EventStream();
  readonly broadcast = new Broadcast(this.clock, this.stream);
  readonly stop = new AbortController();

  publish(...lines: string[]): void {
    const text = lines.join("\n") + "\n";
    this.broadcast.publish(this.stream.take([blockOf(text)]));
  }

  changes(filter?: Parameters<Broadcast["changes"]>[0]): Subscription<Update> {
    return this.broadcast.changes(filter, this.stop.signal, this.log);
  }
}

/** Reads that found nothing: they get what comes next. */
const unanswered = new Map<unknown, Promise<IteratorResult<Unplaced | Missed>>>();

/** What waits in a subscription, in short. */
async function waiting(subscription: Subscription<Unplaced | Missed>): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const next = unanswered.get(subscription) ?? subscription.next();
    const answer = await Promise.race([next, settle().then(() => undefined)]);
    if (answer === undefined) unanswered.set(subscription, next);
    else unanswered.delete(subscription);
    if (answer === undefined || answer.done) return texts;
    const { value } = answer;
    texts.push(
      value.kind === "missed" ? `missed ${value.count}` : `${value.name} ${value.kind} ${value.type}`,
    );
  }
}

Deno.test("changes() begins with all that is there when a dump is known", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  assert.deepEqual(await waiting(trial.changes()), [
    "db resource exists",
    "web resource exists",
    "web device exists",
  ]);
});

Deno.test("changes() sends the first dump once to a subscriber that came before it", async () => {
  const trial = new Trial();
  const changes = trial.changes();
  trial.publish(DUMP);
  assert.deepEqual(await waiting(changes), [
    "db resource exists",
    "web resource exists",
    "web device exists",
  ]);
});

Deno.test("changes() keeps to resources and kinds asked for", async () => {
  const trial = new Trial();
  const ofWeb = trial.changes({ resources: ["web"] });
  const devices = trial.changes({ kinds: ["device"] });
  const both = trial.changes({ resources: ["db"], kinds: ["device"] });
  trial.publish(DUMP);
  trial.publish(role("db", "Primary"), disk("web", "Failed"));
  assert.deepEqual(await waiting(ofWeb), ["web resource exists", "web device exists", "web device change"]);
  assert.deepEqual(await waiting(devices), ["web device exists", "web device change"]);
  assert.deepEqual(await waiting(both), []);
});

Deno.test("changes() loses nothing, however slow the reader, and reports a long queue once a minute", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  const changes = trial.changes({ resources: ["db"] });
  const flip = (place: number) => role("db", place % 2 === 0 ? "Primary" : "Secondary");
  trial.publish(...Array.from({ length: 10_100 }, (_, place) => flip(place)));
  assert.equal(trial.log.lines.length, 1);
  assert.match(trial.log.lines[0] ?? "", /10001 updates are queued/);
  await trial.clock.advance(60_000);
  trial.publish(flip(0));
  assert.equal(trial.log.lines.length, 2);
  assert.equal((await waiting(changes)).length, 10_102);
});

Deno.test("recentChanges() drops the oldest beyond its capacity and says how many", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  const recent = trial.broadcast.recentChanges({ resources: ["web"] }, 3, trial.stop.signal);
  trial.publish(role("web", "Primary"), disk("web", "Failed"), disk("web", "Diskless"));
  assert.deepEqual(await waiting(recent), [
    "missed 2",
    "web resource change",
    "web device change",
    "web device change",
  ]);
  trial.publish(role("web", "Secondary"));
  assert.deepEqual(await waiting(recent), ["web resource change"]);
});

Deno.test("recentChanges() holds no resources, also when another subscriber has had their snapshots built", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  const changes = trial.changes();
  const recent = trial.broadcast.recentChanges(undefined, 100, trial.stop.signal);
  trial.publish(role("web", "Primary"));
  trial.stream.restart();
  trial.publish(DUMP);
  changes.close();
  const kinds: string[] = [];
  for (let next = await recent.next(); !next.done; next = await recent.next()) {
    assert.ok(!("resource" in next.value), JSON.stringify(next.value));
    kinds.push("type" in next.value ? next.value.type : next.value.kind);
    if (kinds.length === 5) break;
  }
  assert.deepEqual(kinds, ["exists", "exists", "exists", "change", "change"]);
});

Deno.test("a rename is sent to subscribers of the old name or the new one, to each once", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  const old = trial.changes({ resources: ["web"], kinds: ["resource"] });
  const fresh = trial.changes({ resources: ["shop"] });
  const both = trial.changes({ resources: ["web", "shop"], kinds: ["resource"] });
  const all = trial.changes({ kinds: ["resource"] });
  trial.publish("rename resource name:web new_name:shop", role("shop", "Primary"));
  assert.deepEqual(await waiting(old), ["web resource exists", "web resource rename"]);
  assert.deepEqual(await waiting(fresh), ["web resource rename", "shop resource change"]);
  assert.deepEqual(await waiting(both), [
    "web resource exists",
    "web resource rename",
    "shop resource change",
  ]);
  assert.deepEqual((await waiting(all)).slice(-2), ["web resource rename", "shop resource change"]);
});

Deno.test("resources() keeps one entry for each resource, the newest, counters included", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  const news = trial.broadcast.resources({ resources: ["web"] }, trial.stop.signal);
  trial.publish(role("web", "Primary"));
  trial.publish(disk("web", "Failed"), role("db", "Primary"));
  const first = await news.next();
  assert.equal(first.value?.name, "web");
  assert.equal(first.value?.resource?.role, "Primary");
  assert.equal(first.value?.resource?.devices[0]?.diskState, "Failed");
  trial.publish("change device name:web volume:0 size:10 read:5 written:6");
  const second = await news.next();
  assert.match(second.value?.resource?.devices[0]?.rawStatistics ?? "", /written:6/);
  trial.publish("destroy resource name:web");
  assert.deepEqual((await news.next()).value, { name: "web", resource: undefined });
});

Deno.test("a subscription ends with its signal, and when a loop over it is left", async () => {
  const trial = new Trial();
  trial.publish(DUMP);
  for await (const update of trial.changes()) {
    assert.equal(update.name, "db");
    break;
  }
  const waitingFor = trial.changes({ resources: ["none"] }).next();
  trial.stop.abort();
  assert.deepEqual(await waitingFor, { done: true, value: undefined });
  assert.deepEqual(await trial.changes().next(), { done: true, value: undefined });
});

Deno.test("a closed subscription gets nothing more", async () => {
  const trial = new Trial();
  const changes = trial.changes();
  changes.close();
  trial.publish(DUMP);
  assert.deepEqual(await changes.next(), { done: true, value: undefined });
});
