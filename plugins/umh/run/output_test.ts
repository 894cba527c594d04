import assert from "node:assert/strict";
import { SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { Pipe } from "../../../tests/support/simulated/simulated_processes.ts";
import { TurnLimiter } from "../../../src/effects/waiting/turn_limiter.ts";
import { Output } from "./output.ts";

/** Reads pipes that hold these chunks, as output of one command. */
async function read(mostBytes: number, ...pipes: (string | Uint8Array)[][]): Promise<string[]> {
  const said: string[] = [];
  const output = new Output(new TurnLimiter(new SimulatedClock(), 1), mostBytes, {
    line: (text) => said.push(text),
    tooMuch: () => said.push("(too much)"),
  });
  for (const chunks of pipes) await output.read(Pipe.holding(...chunks.map(bytesOf)));
  return said;
}

function bytesOf(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
}

const CASES: readonly [name: string, mostBytes: number, chunks: (string | Uint8Array)[], want: string[]][] = [
  ["lines", 100, ["one\ntwo\n"], ["one", "two"]],
  ["lines cut anywhere", 100, ["o", "ne\ntw", "o\nth"], ["one", "two", "th"]],
  ["a last line without newline", 100, ["one\ntwo"], ["one", "two"]],
  ["empty lines are left out", 100, ["\n\none\n\n"], ["one"]],
  ["nothing", 100, [], []],
  ["a character cut in two", 100, [new Uint8Array([0xc3]), new Uint8Array([0xa4, 10])], ["ä"]],
  ["bytes that are no text", 100, [new Uint8Array([0xff, 0x41, 10])], ["\ufffdA"]],
  ["exactly as much as is used", 8, ["one\ntwo\n"], ["one", "two"]],
  ["one byte too much", 8, ["one\ntwo\n\n"], ["one", "two", "(too much)"]],
  ["a line that is too long", 4, ["eleven", " bytes\n"], ["elev", "(too much)"]],
  ["much that is too much, said once", 4, ["one\n", "two\n", "three\n"], ["one", "(too much)"]],
];

for (const [name, mostBytes, chunks, want] of CASES) {
  Deno.test(`Output gives on ${name}`, async () => {
    assert.deepEqual(await read(mostBytes, chunks), want);
  });
}

Deno.test("Output bounds both pipes together", async () => {
  assert.deepEqual(await read(8, ["one\n"], ["two\n", "three\n"]), ["one", "two", "(too much)"]);
});

Deno.test("Output uses what came before a pipe broke", async () => {
  const said: string[] = [];
  const output = new Output(new TurnLimiter(new SimulatedClock(), 1), 100, {
    line: (text) => said.push(text),
    tooMuch: () => {},
  });
  let pulls = 0;
  const pipe = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(bytesOf("one\ntw"));
      else controller.error(new Error("broken"));
    },
  });
  await output.read(pipe);
  assert.deepEqual(said, ["one", "tw"]);
});

Deno.test("Output can be abandoned while somebody still writes", async () => {
  let cancelled = false;
  const output = new Output(new TurnLimiter(new SimulatedClock(), 1), 100, {
    line: () => {},
    tooMuch: () => {},
  });
  const reading = output.read(
    new ReadableStream({
      type: "bytes",
      cancel() {
        cancelled = true;
      },
    }),
  );
  output.abandon();
  await reading;
  assert.equal(cancelled, true);
});

/** A clock on which each look takes a millisecond. */

/** Each look at it takes a millisecond. Counts the turns of the event loop that were asked for. */
class SlowClock extends SimulatedClock {
  turns = 0;
  #lateMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.#lateMs++;
  }

  override async nextTurn(): Promise<void> {
    await super.nextTurn();
    this.turns++;
  }
}

for (const count of [1, 3]) {
  Deno.test(`${count} Outputs with one limiter lose nothing, and each line that takes long has its own turn`, async () => {
    const clock = new SlowClock();
    const limiter = new TurnLimiter(clock, 1);
    const said: string[] = [];
    const turns = new Set<number>();
    const line = (text: string) => {
      said.push(text);
      turns.add(clock.turns);
    };
    await Promise.all(Array.from({ length: count }, async () => {
      const output = new Output(limiter, 1000, { line, tooMuch: () => {} });
      await output.read(Pipe.holding(bytesOf("1\n2\n3\n")));
    }));
    assert.deepEqual(said.sort(), ["1", "2", "3"].flatMap((text) => Array(count).fill(text)));
    assert.equal(turns.size, 3 * count);
  });
}
