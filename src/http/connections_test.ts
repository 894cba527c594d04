import assert from "node:assert/strict";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import type { Stream } from "./client.ts";
import { Connections, SILENCE_MS } from "./connections.ts";

/** Both ends of a stream: what is put is read, what is written is kept. */
class FakeStream implements Stream {
  readonly written: string[] = [];
  isOpen = true;
  isWriteOpen = true;
  /** Makes writes wait, as for a reader that does not read. */
  isStuck = false;
  /** Makes writes fail. */
  isDeaf = false;
  readonly #incoming: (string | null)[] = [];
  readonly #waiting: (() => void)[] = [];

  /** null: the end. */
  put(...texts: (string | null)[]): void {
    this.#incoming.push(...texts);
    this.#wake();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#incoming.length === 0) {
      if (!this.isOpen) throw new Error("Bad resource ID");
      await this.#news();
    }
    const text = this.#incoming.shift() ?? null;
    return text === null ? null : new TextEncoder().encodeInto(text, buffer).written;
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.isDeaf) throw new Error("Broken pipe");
    while (this.isStuck && this.isOpen) await this.#news();
    if (!this.isOpen) throw new Error("Bad resource ID");
    // A little at a time, as the system may do.
    const some = bytes.subarray(0, 3);
    this.written.push(new TextDecoder().decode(some));
    return some.length;
  }

  closeWrite(): Promise<void> {
    this.isWriteOpen = false;
    return Promise.resolve();
  }

  close(): void {
    if (!this.isOpen) throw new Error("Bad resource ID");
    this.isOpen = false;
    this.#wake();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get text(): string {
    return this.written.join("");
  }
}

/** A whole request. */
const REQUEST = "GET / HTTP/1.1\r\n\r\n";

class Trial {
  nowMs = 0;
  readonly servers: FakeStream[] = [];
  readonly connections: Connections;
  readonly #over: Promise<void>[] = [];

  constructor(most = 2, connect?: () => Promise<Stream>) {
    const make = () => {
      const server = new FakeStream();
      this.servers.push(server);
      return Promise.resolve(server);
    };
    this.connections = new Connections(most, connect ?? make, () => this.nowMs);
  }

  async client(...texts: (string | null)[]): Promise<FakeStream> {
    const stream = new FakeStream();
    stream.put(...texts);
    this.#over.push(this.connections.serve(stream));
    await settle();
    return stream;
  }

  server(place: number): FakeStream {
    const server = this.servers[place];
    assert.ok(server, `There is no connection ${place} to the server`);
    return server;
  }

  async end(): Promise<void> {
    this.connections.closeAll();
    await Promise.all(this.#over);
    assert.equal(this.connections.size, 0);
    assert.ok(this.servers.every((server) => !server.isOpen));
  }
}

Deno.test("Connections pass bytes on, both ways", async () => {
  const trial = new Trial();
  const client = await trial.client("hello", " server");
  assert.equal(trial.server(0).text, "hello server");
  trial.server(0).put("hello ", "client");
  await settle();
  assert.equal(client.text, "hello client");
  await trial.end();
  assert.equal(client.isOpen, false);
});

Deno.test("Connections do not connect for a client that says nothing", async () => {
  const trial = new Trial();
  await trial.client();
  assert.equal(trial.servers.length, 0);
  await trial.end();
});

Deno.test("Connections let the client go when the server ends, and the server when the client goes", async () => {
  const trial = new Trial();
  const first = await trial.client("a");
  trial.server(0).put("bye", null);
  await settle();
  assert.deepEqual([first.text, first.isOpen, trial.connections.size], ["bye", false, 0]);
  const second = await trial.client("a");
  second.close();
  await settle();
  assert.deepEqual([trial.server(1).isOpen, trial.connections.size], [false, 0]);
  await trial.end();
});

Deno.test("Connections pass the client's end of the request on, and the answer back", async () => {
  const trial = new Trial();
  const client = await trial.client("request", null);
  assert.deepEqual([trial.server(0).isWriteOpen, client.isOpen], [false, true]);
  trial.server(0).put("answer", null);
  await settle();
  assert.deepEqual([client.text, client.isOpen], ["answer", false]);
  await trial.end();
});

Deno.test("Connections keep one that has said all until it has its answer", async () => {
  const trial = new Trial();
  const client = await trial.client(REQUEST, null);
  trial.nowMs = SILENCE_MS - 1;
  trial.connections.sweep();
  assert.deepEqual([trial.server(0).isWriteOpen, client.isOpen], [true, true]);
  for (const part of ["an ", "answer"]) {
    trial.server(0).put(part);
    await settle();
    trial.nowMs += 19_999;
    trial.connections.sweep();
  }
  assert.deepEqual([client.text, client.isOpen], ["an answer", true]);
  trial.nowMs += 1;
  trial.connections.sweep();
  assert.equal(client.isOpen, false);
  await trial.end();
});

Deno.test("Connections let one that has said all take its answer as slowly as others", async () => {
  const trial = new Trial();
  const client = await trial.client(REQUEST, null);
  client.isStuck = true;
  trial.server(0).put("an answer");
  await settle();
  trial.nowMs += 30_000;
  trial.connections.sweep();
  assert.equal(client.isOpen, true);
  await trial.end();
});

Deno.test("Connections end with one that has its answer and says no more", async () => {
  const trial = new Trial();
  const client = await trial.client(REQUEST);
  trial.server(0).put("answer");
  await settle();
  trial.nowMs += SILENCE_MS - 1;
  trial.connections.sweep();
  assert.equal(client.isOpen, true);
  client.put(null);
  await settle();
  assert.equal(trial.server(0).isWriteOpen, false);
  await trial.end();
});

Deno.test("Connections pass on what a server says that wants to hear no more", async () => {
  const trial = new Trial();
  const client = await trial.client("a");
  trial.server(0).isDeaf = true;
  client.put("much more");
  await settle();
  assert.equal(client.isOpen, true);
  trial.server(0).put("too much", null);
  await settle();
  assert.deepEqual([client.text, client.isOpen], ["too much", false]);
  await trial.end();
});

Deno.test("Connections let a client go when the server cannot be reached", async () => {
  const trial = new Trial(2, () => Promise.reject(new Error("Too many open files")));
  const client = await trial.client("a");
  assert.deepEqual([client.isOpen, trial.connections.size], [false, 0]);
  await trial.end();
});

Deno.test("Connections that are full spare those first that say nothing, then those without an answer", async () => {
  const trial = new Trial(3);
  const answered = await trial.client(REQUEST);
  trial.server(0).put("answer");
  const asking = await trial.client(REQUEST);
  const silent = await trial.client();
  const second = await trial.client(REQUEST);
  assert.deepEqual([answered.isOpen, asking.isOpen, silent.isOpen], [true, true, false]);
  await trial.client(REQUEST);
  assert.deepEqual([answered.isOpen, asking.isOpen, second.isOpen], [true, false, true]);
  assert.equal(trial.connections.size, 3);
  await trial.end();
});

Deno.test("Connections spare an answered client only when all are answered", async () => {
  const trial = new Trial(2);
  const early = await trial.client(REQUEST);
  trial.server(0).put("A");
  const late = await trial.client(REQUEST);
  trial.server(1).put("B");
  await settle();
  early.put("again");
  trial.server(0).put("and again");
  await settle();
  const third = await trial.client(REQUEST);
  assert.deepEqual([early.isOpen, late.isOpen, third.isOpen], [true, false, true]);
  await trial.end();
});

Deno.test("Connections give a few that just came a moment to say something, at the cost of those that ask", async () => {
  const trial = new Trial(8);
  const asking: FakeStream[] = [];
  for (let count = 0; count < 6; count++) asking.push(await trial.client(REQUEST));
  const [first, second] = [await trial.client(), await trial.client()];
  // Two are not too many, and of six that ask one can be spared.
  const third = await trial.client();
  assert.deepEqual([first, second, third].map(({ isOpen }) => isOpen), [true, true, true]);
  await trial.client();
  assert.deepEqual([first, second, third].map(({ isOpen }) => isOpen), [false, true, true]);
  assert.deepEqual(asking.map(({ isOpen }) => isOpen), [false, true, true, true, true, true]);
  second.put("at last");
  await settle();
  trial.nowMs = 1_000;
  await trial.client(REQUEST);
  assert.deepEqual([second, third].map(({ isOpen }) => isOpen), [true, false]);
  await trial.end();
});

Deno.test("Connections that are full spare those who say half of something before those who ask", async () => {
  const trial = new Trial(4);
  const asking = await trial.client("GET / HTTP/1.1\r", "\n\r", "\n");
  const half = await trial.client("GET / HTTP/1.1\r\nHost: x\r\n");
  await trial.client(REQUEST);
  await trial.client(REQUEST);
  await trial.client(REQUEST);
  assert.deepEqual([asking.isOpen, half.isOpen], [true, false]);
  await trial.end();
});

Deno.test("Connections that are full spare those who do not read before those who ask", async () => {
  const trial = new Trial(4);
  const stuck: FakeStream[] = [];
  for (let count = 0; count < 4; count++) {
    const client = await trial.client(REQUEST);
    client.isStuck = true;
    trial.server(count).put("an answer");
    await settle();
    stuck.push(client);
  }
  trial.nowMs = 1_000;
  const asking = await trial.client(REQUEST);
  const another = await trial.client(REQUEST);
  const third = await trial.client(REQUEST);
  assert.deepEqual([asking, another, third].map(({ isOpen }) => isOpen), [true, true, true]);
  assert.deepEqual(stuck.map(({ isOpen }) => isOpen), [false, false, false, true]);
  await trial.end();
});

Deno.test("Connections keep those who ask though all others had their answer, and are idle", async () => {
  const trial = new Trial(4);
  const idle: FakeStream[] = [];
  for (let count = 0; count < 4; count++) {
    idle.push(await trial.client(REQUEST));
    trial.server(count).put("an answer");
    await settle();
  }
  const [first, second] = [await trial.client(REQUEST), await trial.client(REQUEST)];
  assert.deepEqual([first, second].map(({ isOpen }) => isOpen), [true, true]);
  assert.deepEqual(idle.map(({ isOpen }) => isOpen), [false, false, true, true]);
  // For ever they are not kept.
  trial.nowMs = 10_000;
  await trial.client(REQUEST);
  assert.deepEqual([first, second].map(({ isOpen }) => isOpen), [false, true]);
  await trial.end();
});

Deno.test("Connections never have more clients than they may, however many come", async () => {
  const trial = new Trial(5);
  const clients: FakeStream[] = [];
  for (let count = 0; count < 100; count++) {
    clients.push(await trial.client(...count % 2 === 0 ? [] : ["x"]));
    assert.ok(trial.connections.size <= 5);
  }
  assert.equal(clients.filter(({ isOpen }) => isOpen).length, 5);
  assert.ok(trial.servers.filter(({ isOpen }) => isOpen).length <= 5);
  await trial.end();
});

Deno.test("Connections let clients go that were silent for a minute, and those that do not read", async () => {
  const trial = new Trial(10);
  const silent = await trial.client();
  const stuck = await trial.client("a");
  stuck.isStuck = true;
  trial.server(0).put("an answer");
  const listening = await trial.client("b");
  trial.server(1).put("first");
  await settle();
  trial.nowMs = SILENCE_MS;
  trial.server(1).put("heartbeat");
  await settle();
  trial.connections.sweep();
  await settle();
  assert.deepEqual([silent.isOpen, stuck.isOpen, listening.isOpen], [false, false, true]);
  assert.equal(trial.connections.size, 1);
  await trial.end();
});

const exhausted = () => Object.assign(new Error("Too many open files"), { code: "EMFILE" });

Deno.test("Connections let half of the clients go when descriptors run out, and are content with the other half", async () => {
  const trial = new Trial(100);
  const clients: FakeStream[] = [];
  for (let count = 0; count < 40; count++) clients.push(await trial.client());
  trial.connections.shrink();
  assert.deepEqual([trial.connections.size, trial.connections.most], [20, 20]);
  assert.equal(clients.findIndex(({ isOpen }) => isOpen), 20);
  await trial.client();
  assert.equal(trial.connections.size, 20);
  for (let again = 0; again < 5; again++) trial.connections.shrink();
  assert.equal(trial.connections.most, 8);
  await trial.end();
});

Deno.test("Connections try again when descriptors run out on the way to the server", async () => {
  let isFirst = true;
  const server = new FakeStream();
  const trial = new Trial(100, () => {
    if (!isFirst) return Promise.resolve(server);
    isFirst = false;
    return Promise.reject(exhausted());
  });
  for (let count = 0; count < 40; count++) await trial.client();
  const client = await trial.client("a");
  assert.deepEqual([client.isOpen, server.text, trial.connections.size], [true, "a", 20]);
  await trial.end();
});

for (const pieces of [["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], ["PR", "I * HTTP/2.0\r\n\r\n"]]) {
  Deno.test(`Connections refuse HTTP/2, which begins ${JSON.stringify(pieces)}`, async () => {
    const trial = new Trial();
    const client = await trial.client(...pieces);
    assert.match(client.text, /^HTTP\/1\.1 505 /);
    assert.deepEqual([client.isOpen, trial.connections.size], [false, 0]);
    assert.ok(trial.servers.every((server) => !server.isOpen && !server.text.includes("HTTP/2")));
    await trial.end();
  });
}

Deno.test("Connections take HTTP/2 for what it is at the beginning of a connection only", async () => {
  const trial = new Trial();
  const texts = ["P", "UT / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"];
  await trial.client(...texts);
  assert.equal(trial.server(0).text, texts.join(""));
  await trial.end();
});
