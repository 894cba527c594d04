import assert from "node:assert/strict";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { StderrSink } from "./stderr_sink.ts";

/** An output that takes bytes only when it is let. */
class Output {
  written = "";
  #let: (() => void) | undefined;

  constructor(readonly most = Infinity, public isStuck = false) {}

  async write(bytes: Uint8Array): Promise<number> {
    if (this.isStuck) await new Promise<void>((resolve) => this.#let = resolve);
    const count = Math.min(bytes.length, this.most);
    this.written += new TextDecoder().decode(bytes.subarray(0, count));
    return count;
  }

  release(): void {
    this.isStuck = false;
    this.#let?.();
  }
}

Deno.test("StderrSink writes all lines in order, however little goes at once", async () => {
  const output = new Output(3);
  const sink = new StderrSink(output);
  sink.write("first\n");
  sink.write("second\n");
  await sink.flush(new Promise(() => {}));
  assert.equal(output.written, "first\nsecond\n");
});

Deno.test("StderrSink never waits for a stuck reader, and says what was lost when there is room again", async () => {
  const output = new Output(Infinity, true);
  const sink = new StderrSink(output);
  sink.write("first\n");
  await settle();
  const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
  for (let count = 0; count < 6; count++) sink.write(line);
  output.release();
  await sink.flush(new Promise(() => {}));
  assert.equal(
    output.written.length,
    "first\n".length + 4 * line.length + "drbdd: 2 log entries were dropped\n".length,
  );
  assert.match(output.written, /drbdd: 2 log entries were dropped\n/);
});

Deno.test("StderrSink gives up flushing at the deadline", async () => {
  const sink = new StderrSink(new Output(Infinity, true));
  sink.write("x\n");
  await sink.flush(Promise.resolve());
});

Deno.test("StderrSink survives an output that is gone", async () => {
  const sink = new StderrSink({ write: () => Promise.reject(new Error("Broken pipe")) });
  sink.write("x\n");
  await sink.flush(new Promise(() => {}));
  sink.write("y\n");
  await sink.flush(new Promise(() => {}));
});
