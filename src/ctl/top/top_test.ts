import assert from "node:assert/strict";
import { resourceJson } from "../../../tests/support/core/resource_json.ts";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { TypedTerminal } from "../../../tests/support/simulated/typed_terminal.ts";
import type { Feed, Lost, Message } from "../feed/feed.ts";
import { ENTER, LEAVE } from "../screen/frame.ts";
import { asText } from "../screen/paint.ts";
import { symbolsFor } from "../screen/symbols.ts";
import { runTop } from "./top.ts";
import { FIRST_VIEW } from "./state/view.ts";

const LIVE: Message = { event: "status", data: { node: "alpha", version: "1", stale: false, reason: null } };
const END: Message = { event: "snapshot-end", data: { resources: 1 } };

/** `top` between a terminal and a feed that sends what a test puts. */
class Trial {
  readonly terminal = new TypedTerminal();
  readonly clock = new SimulatedClock();
  readonly #messages: (Message | Lost)[] = [];
  #wake: () => void = () => {};
  feedFailure: Error | undefined;
  readonly over: Promise<void>;

  constructor() {
    const feed: Feed = { source: "drbdd", messages: (_, signal) => this.#feed(signal) };
    this.over = runTop(feed, this.terminal, this.clock, {
      paint: asText,
      symbols: symbolsFor({ isUnicode: false }),
      choice: FIRST_VIEW.choice,
      decisionsOf: (name) =>
        Promise.resolve([{
          time: "2026-01-01T00:00:00Z",
          plugin: "promoter",
          level: "info" as const,
          text: `for ${name}`,
        }]),
    });
  }

  async send(...messages: (Message | Lost)[]): Promise<void> {
    this.#messages.push(...messages);
    this.#wake();
    await settle();
  }

  async pass(ms: number): Promise<string> {
    await this.clock.advance(ms);
    return this.terminal.read();
  }

  async *#feed(signal: AbortSignal): AsyncGenerator<Message | Lost, void> {
    signal.addEventListener("abort", () => this.#wake());
    while (!signal.aborted) {
      if (this.feedFailure !== undefined) throw this.feedFailure;
      const message = this.#messages.shift();
      if (message !== undefined) yield message;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

const web = (role = "Secondary"): Message => ({
  event: "resource",
  data: resourceJson({ name: "web", role }),
});

async function started(): Promise<Trial> {
  const trial = new Trial();
  await trial.send(LIVE, web(), END);
  await trial.clock.advance(300);
  return trial;
}

Deno.test("it takes the screen, shows what is known, and gives the screen back on q", async () => {
  const trial = await started();
  const text = trial.terminal.read();
  assert.ok(text.startsWith(ENTER));
  assert.match(text, /DRBD on alpha/);
  assert.match(text, /web +nowhere/);
  await trial.terminal.type("q");
  await trial.over;
  assert.equal(trial.terminal.isTaken, false);
  assert.equal(trial.clock.pendingTimers, 0);
});

for (
  const [what, end] of [
    ["q", ({ terminal }: Trial) => terminal.type("q")],
    ["Ctrl-C", ({ terminal }: Trial) => terminal.type("\x03")],
    ["a signal", ({ terminal }: Trial) => terminal.interrupt()],
    ["the end of the input", ({ terminal }: Trial) => terminal.endInput()],
  ] as const
) {
  Deno.test(`${what} gives the screen back`, async () => {
    const trial = await started();
    trial.terminal.read();
    const written = await end(trial) ?? "";
    await trial.over;
    assert.equal(written + trial.terminal.read(), LEAVE);
  });
}

Deno.test("a mistake in the program gives the screen back, too", async () => {
  const trial = await started();
  trial.feedFailure = new Error("a mistake");
  const failed = assert.rejects(trial.over, /a mistake/);
  await trial.send(LIVE);
  await failed;
  assert.ok(trial.terminal.read().endsWith(LEAVE));
});

Deno.test("changes are drawn a moment later, all together, and only the lines that differ", async () => {
  const trial = await started();
  trial.terminal.read();
  await trial.send(web("Primary"));
  const text = await trial.pass(200);
  assert.match(text, /web +here/);
  assert.doesNotMatch(text, /RESOURCE/);
  assert.equal(text.split("\x1b[?2026h").length, 2);
});

Deno.test("nothing but the clock is drawn while nothing happens", async () => {
  const trial = await started();
  trial.terminal.read();
  const lines = (await trial.pass(3_000)).match(/\[\d+;1H/g);
  assert.deepEqual(lines, ["[1;1H", "[1;1H", "[1;1H"]);
});

Deno.test("keys are answered at once; details bring the last decisions", async () => {
  const { terminal } = await started();
  terminal.read();
  assert.match(await terminal.type("s"), /sort: name/);
  assert.match(await terminal.type("\r"), /for web/);
  assert.match(await terminal.type("\x1b"), /RESOURCE/);
});

Deno.test("after a change of size, and on Ctrl-L, all is redrawn", async () => {
  const { terminal } = await started();
  terminal.read();
  assert.match(await terminal.resize(100), /RESOURCE/);
  assert.match(await terminal.type("\x0c"), /RESOURCE/);
});

Deno.test("a terminal that takes nothing for a while gets the last snapshot only", async () => {
  const trial = await started();
  const { terminal } = trial;
  terminal.read();
  const stuck = Promise.withResolvers<void>();
  terminal.stuck = stuck.promise;
  for (const role of ["Primary", "Secondary", "Primary"]) {
    await trial.send(web(role));
    await trial.pass(5_000);
  }
  assert.equal(terminal.read(), "");
  terminal.stuck = undefined;
  stuck.resolve();
  await settle();
  const text = terminal.read();
  assert.ok(text.split("\x1b[?2026h").length <= 3, text);
  assert.match(text, /web +here/);
});
