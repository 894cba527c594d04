import assert from "node:assert/strict";
import { MemoryFiles } from "../../../tests/support/simulated/memory_files.ts";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { type ServerEnd, SimulatedNetwork } from "../../../tests/support/simulated/simulated_network.ts";
import { ApiClient } from "../api/api_client.ts";
import { apiFeed } from "./api_feed.ts";
import type { Again, Lost, Message, Wanted } from "./feed.ts";

const PLACE = {
  address: { transport: "unix", path: "/run/x" },
  tokenFile: undefined,
  name: "unix:/run/x",
} as const;
const STATUS = '{"event":"status","data":{"node":"alpha","version":"1","stale":false,"reason":null}}\n';
const UPDATE =
  '{"event":"update","id":"1","data":{"kind":"resource","type":"change","name":"web","text":"web: x"}}\n';

class Trial {
  readonly clock = new SimulatedClock();
  readonly network = new SimulatedNetwork();
  readonly asked: string[] = [];
  /** The id in each request; empty, if it had none. */
  readonly ids: string[] = [];
  readonly ends: ServerEnd[] = [];
  readonly received: (Message | Lost | Again)[] = [];
  readonly #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();

  serve(): void {
    this.network.servers.set("/run/x", (end) => {
      this.ends.push(end);
      end.onBytes = (bytes) => {
        const lines = new TextDecoder().decode(bytes).split("\r\n");
        this.asked.push(lines[0] ?? "");
        this.ids.push(lines.find((line) => line.startsWith("Last-Event-ID: "))?.slice(15) ?? "");
        end.send(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
      };
    });
  }

  async listen(wanted: Wanted): Promise<void> {
    const client = new ApiClient({ network: this.network, files: new MemoryFiles() }, PLACE);
    this.#over = (async () => {
      for await (const message of apiFeed(client, this.clock).messages(wanted, this.#stop.signal)) {
        this.received.push(message);
      }
    })();
    await settle();
  }

  async send(text: string): Promise<void> {
    this.ends.at(-1)?.send(new TextEncoder().encode(text));
    await settle();
  }

  events(): string[] {
    return this.received.splice(0).map((message) =>
      message.event === "lost" ? `lost: ${message.reason}` : message.event
    );
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#over;
    assert.equal(this.clock.pendingTimers, 0);
    assert.ok(this.ends.every((end) => !end.isOpen));
  }
}

Deno.test("it asks for the state, or for updates, of the resources that are wanted", async () => {
  for (
    const [wanted, path] of [
      [{ resources: true, updates: false }, "/api/v1/events?state=1"],
      [{ resources: false, updates: true }, "/api/v1/events?snapshot=1"],
      [
        { resources: false, updates: true, names: ["a b", "c"] },
        "/api/v1/events?snapshot=1&resource=a+b&resource=c",
      ],
    ] as const
  ) {
    const trial = new Trial();
    trial.serve();
    await trial.listen(wanted);
    assert.deepEqual(trial.asked, [`GET ${path} HTTP/1.1`]);
    await trial.end();
  }
});

Deno.test("heartbeats, and updates that are not wanted, are no messages", async () => {
  const trial = new Trial();
  trial.serve();
  await trial.listen({ resources: true, updates: false });
  await trial.send(
    `${STATUS}${UPDATE}{"event":"heartbeat"}\n{"event":"snapshot-end","data":{"resources":0}}\n`,
  );
  assert.deepEqual(trial.events(), ["status", "snapshot-end"]);
  await trial.end();
});

Deno.test("what was there when the daemon began is no update", async () => {
  const trial = new Trial();
  trial.serve();
  await trial.listen({ resources: false, updates: true });
  await trial.send(`${STATUS}${UPDATE.replace("change", "exists")}${UPDATE}`);
  assert.deepEqual(trial.events(), ["status", "update"]);
  await trial.end();
});

Deno.test("a daemon that ends is reported as lost, and is found again", async () => {
  const trial = new Trial();
  trial.serve();
  await trial.listen({ resources: false, updates: true });
  await trial.send(STATUS);
  trial.ends[0]?.close();
  await settle();
  assert.deepEqual(trial.events(), ["status", "lost: drbdd closed the connection"]);
  await trial.clock.advance(1_000);
  await trial.send(`${STATUS}${UPDATE}`);
  assert.deepEqual(trial.events(), ["status", "update"]);
  await trial.end();
});

Deno.test("a stream that the daemon ends is continued at once after its last event", async () => {
  const trial = new Trial();
  trial.serve();
  await trial.listen({ resources: false, updates: true });
  await trial.send(`${STATUS}${UPDATE}{"event":"heartbeat","id":"life-7"}\n`);
  await trial.clock.advance(1_000);
  trial.ends[0]?.close();
  await settle();
  await trial.send(STATUS);
  assert.deepEqual(trial.events(), ["status", "update", "again", "status"]);
  assert.deepEqual(trial.ids, ["", "life-7"]);
  await trial.end();
});

Deno.test("a stream that makes no sense any more is lost, however long it was", async () => {
  const trial = new Trial();
  trial.serve();
  await trial.listen({ resources: false, updates: true });
  await trial.send(STATUS);
  await trial.clock.advance(60_000);
  await trial.send("nonsense\n");
  const [status, lost] = trial.events();
  assert.equal(status, "status");
  assert.match(lost ?? "", /^lost: /);
  await trial.end();
});

Deno.test("a daemon that went is asked for what was missed", async () => {
  const trial = new Trial();
  trial.serve();
  await trial.listen({ resources: false, updates: true });
  await trial.send('{"event":"snapshot-end","id":"life-4","data":{"resources":0}}\n');
  trial.ends[0]?.close();
  await trial.clock.advance(1_000);
  assert.deepEqual(trial.ids, ["", "life-4"]);
  assert.deepEqual(trial.events(), ["snapshot-end", "lost: drbdd closed the connection"]);
  await trial.end();
});

Deno.test("a daemon that is not there is tried again and again", async () => {
  const trial = new Trial();
  await trial.listen({ resources: false, updates: true });
  await trial.clock.advance(2_000);
  assert.deepEqual(trial.events(), Array(3).fill("lost: Cannot connect to /run/x: Connection refused"));
  trial.serve();
  await trial.clock.advance(1_000);
  await trial.send(STATUS);
  assert.deepEqual(trial.events(), ["status"]);
  await trial.end();
});
