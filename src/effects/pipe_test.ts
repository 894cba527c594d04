import assert from "node:assert/strict";
import { PipeReader } from "./pipe.ts";

/** A pipe that gives as much as it is asked for, and notes how much that was. */
class Pipe {
  readonly asked: number[] = [];
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(...bytes: readonly number[]) {
    let left = bytes;
    const asked = this.asked;
    this.stream = new ReadableStream({
      type: "bytes",
      pull(controller) {
        const view = controller.byobRequest?.view;
        assert.ok(view, "nobody gave a place for the bytes");
        asked.push(view.byteLength);
        const [most = 0, ...rest] = left;
        left = rest;
        if (most === 0) controller.close();
        controller.byobRequest?.respond(Math.min(most, view.byteLength));
      },
    });
  }
}

Deno.test("PipeReader takes little memory for little output, and more for more", async () => {
  const pipe = new Pipe(10, 1_000, 1e6, 1e6, 1e6, 1e6, 1e6, 5);
  const lengths: number[] = [];
  await new PipeReader(pipe.stream).read((bytes) => void lengths.push(bytes.length));
  assert.deepEqual(lengths, [10, 1_000, 1_024, 4_096, 16_384, 65_536, 65_536, 5]);
  assert.deepEqual(pipe.asked, [1_024, 1_024, 1_024, 4_096, 16_384, 65_536, 65_536, 65_536, 65_536]);
});

Deno.test("PipeReader reads on when what it read was used", async () => {
  const pipe = new Pipe(1, 1);
  let use = () => {};
  const over = new PipeReader(pipe.stream).read(() => new Promise((resolve) => use = resolve));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(pipe.asked.length, 1);
  for (let count = 0; count < 2; count++) {
    use();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await over;
  assert.equal(pipe.asked.length, 3);
});

Deno.test("PipeReader can be stopped though the pipe stays open", async () => {
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({ type: "bytes" });
  const reader = new PipeReader(stream);
  const over = reader.read(() => {});
  reader.stop();
  await over;
});
