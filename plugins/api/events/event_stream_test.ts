import assert from "node:assert/strict";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { Cluster } from "../../../src/drbd/model/cluster.ts";
import { ChangeNotifier } from "./change_notifier.ts";
import { eventStream } from "./event_stream.ts";
import { readQuery } from "./events_query.ts";
import { JSON_LINES } from "./messages.ts";
import { History } from "./history.ts";
import { Views } from "../json/views.ts";

const HEALTHY = {
  ofResource: () => ({ severity: "ok", problems: [] } as const),
  promoterOf: () => undefined,
  version: "",
};
const MOST_PIECES = 20;

class Trial {
  readonly clock = new SimulatedClock();
  readonly ring = new History("life");
  readonly bell = new ChangeNotifier(this.clock);
  readonly node = "alpha";
  readonly views = new Views({ cluster: () => Cluster.EMPTY, resource: () => undefined }, {
    of: () => 0,
    version: 0,
  }, HEALTHY);
  readonly gone = new AbortController();
  readonly health = { nodeProblems: [] };
  readonly staleReason = () => undefined;

  stream(lastId?: string, query = ""): AsyncGenerator<string> {
    const { signal } = this.gone;
    const listener = { lastId, form: JSON_LINES, signal, isLetIn: () => Promise.resolve(true) };
    return eventStream(this, readQuery(new URLSearchParams(query)), listener, MOST_PIECES);
  }

  push(count = 1): void {
    for (let number = 0; number < count; number++) {
      this.ring.push({ kind: "resource", type: "rename", name: "web", newName: "www" }, 0);
    }
  }
}

/** What comes next, and how long that took. */
async function next({ clock }: Trial, stream: AsyncGenerator<string>): Promise<[text: string, ms: number]> {
  let text: string | undefined;
  const startedMs = clock.nowMs();
  const coming = stream.next().then(({ value }) => text = value ?? "end");
  while (text === undefined) await clock.advance(10);
  await coming;
  return [text, clock.nowMs() - startedMs];
}

const updates = (text: string) => text.split("\n").filter((line) => line.includes('"update"')).length;

Deno.test("eventStream sends together what follows an event within a short time", async () => {
  const trial = new Trial();
  const stream = trial.stream();
  assert.match((await next(trial, stream))[0], /"status"/);
  const coming = next(trial, stream);
  trial.push(3);
  assert.deepEqual([updates((await coming)[0]), (await coming)[1]], [3, 50]);
  trial.gone.abort();
  assert.equal((await stream.next()).done, true);
});

Deno.test("eventStream does not send updates that the snapshot contains already", async () => {
  const trial = new Trial();
  trial.clock.nextTurn = () => {
    // What takes the updates out of their queue needs its time, but no turn of the event loop.
    void Array.from({ length: 20 }).reduce<Promise<void>>(
      (before) => before.then(() => {}),
      Promise.resolve(),
    )
      .then(() => trial.push());
    return settle();
  };
  const stream = trial.stream(undefined, "snapshot=1");
  assert.match((await next(trial, stream))[0], /"snapshot-end"/);
  assert.match((await next(trial, stream))[0], /"heartbeat"/);
  trial.gone.abort();
  await stream.next();
});

Deno.test("eventStream ends after many pieces, and who comes back misses nothing", async () => {
  const trial = new Trial();
  let stream = trial.stream();
  await next(trial, stream);
  let sent = 0;
  let lastId: string | undefined;
  let ends = 0;
  for (let number = 0; number < MOST_PIECES + 5; number++) {
    trial.push();
    let [text] = await next(trial, stream);
    if (text === "end") {
      ends++;
      stream = trial.stream(lastId);
      [text] = await next(trial, stream);
    }
    sent += updates(text);
    lastId = /.*"id":"([^"]*)"/s.exec(text)?.[1] ?? lastId;
  }
  assert.deepEqual([ends, sent], [1, MOST_PIECES + 5]);
  trial.gone.abort();
});
