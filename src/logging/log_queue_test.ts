import assert from "node:assert/strict";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { LogQueue } from "./log_queue.ts";

/** A file on storage that answers only when it is let, or never can. */
class Storage {
  written = "";
  isClosed = false;
  failure: Error | undefined;
  #answer: (() => void) | undefined;

  constructor(public hangs = false) {}

  async write(bytes: Uint8Array): Promise<number> {
    if (this.hangs) await new Promise<void>((resolve) => this.#answer = resolve);
    if (this.failure !== undefined) throw this.failure;
    const some = bytes.subarray(0, 1_000_000);
    this.written += new TextDecoder().decode(some);
    return some.length;
  }

  close(): void {
    this.isClosed = true;
  }

  answer(): void {
    this.hangs = false;
    this.#answer?.();
  }
}

function trial(hangs = false) {
  const storage = new Storage(hangs);
  const failed: number[][] = [];
  const events: string[] = [];
  const queue = new LogQueue<number>(storage, {
    failed: (items) => failed.push([...items]),
    losing: () => events.push("losing"),
    lost: (count) => `${count} were lost\n`,
  });
  return { storage, failed, events, queue };
}

Deno.test("LogQueue writes all in order", async () => {
  const { storage, queue } = trial();
  for (const item of [1, 2, 3]) queue.add(item, `${item}\n`);
  await queue.flushed();
  queue.add(4, "4\n");
  await queue.flushed();
  assert.equal(storage.written, "1\n2\n3\n4\n");
});

Deno.test("LogQueue waits for no storage that hangs: what is too much is lost, counted, and said later", async () => {
  const { storage, events, queue } = trial(true);
  queue.add(0, "first\n");
  await settle();
  const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
  for (let item = 1; item <= 7; item++) queue.add(item, line);
  assert.deepEqual(events, ["losing"]);
  storage.answer();
  await queue.flushed();
  assert.equal(storage.written.length, "first\n4 were lost\n".length + 3 * line.length);
  assert.match(storage.written, /4 were lost\n/);
  queue.add(8, "on\n");
  await queue.flushed();
  assert.match(storage.written, /on\n$/);
});

Deno.test("LogQueue hands back what cannot be written, and goes on", async () => {
  const { storage, failed, queue } = trial();
  storage.failure = new Error("No space left on device");
  queue.add(1, "1\n");
  queue.add(2, "2\n");
  await queue.flushed();
  storage.failure = undefined;
  queue.add(3, "3\n");
  await queue.flushed();
  assert.deepEqual([failed, storage.written], [[[1, 2]], "3\n"]);
});

Deno.test("LogQueue closes the file when all is written", async () => {
  const { storage, queue } = trial(true);
  queue.add(1, "1\n");
  await settle();
  queue.close();
  assert.equal(storage.isClosed, false);
  storage.answer();
  await queue.flushed();
  assert.deepEqual([storage.written, storage.isClosed], ["1\n", true]);
});
