import assert from "node:assert/strict";
import { settle } from "../../../../tests/support/simulated/simulated_clock.ts";
import type { Link } from "./types.ts";
import { Stream } from "./stream.js";

const STATUS =
  '{"event":"status","id":"life-3","data":{"node":"alpha","version":"1","stale":false,"reason":null}}\n';

/** A browser, as far as the stream needs one: what it fetches, and a clock that stands still. */
class Browser {
  nowMs = 0;
  readonly ids: string[] = [];
  readonly said: string[] = [];
  readonly #timers = new Map<number, [action: () => void, ms: number]>();
  readonly #real = { fetch, setTimeout, clearTimeout, now: performance.now };
  #asked = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();

  /** `status`: what the daemon answers with. */
  constructor(readonly status = 200) {
    globalThis.fetch = (_url, init) => {
      this.ids.push(new Headers(init?.headers).get("last-event-id") ?? "");
      const body = new ReadableStream<Uint8Array>({ start: (controller) => this.#asked.resolve(controller) });
      return Promise.resolve(new Response(body, { status: this.status }));
    };
    let number = 0;
    globalThis.setTimeout = ((action: () => void, ms: number) => {
      this.#timers.set(++number, [action, ms]);
      return number;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = (number) => void this.#timers.delete(Number(number));
    performance.now = () => this.nowMs;
    const stream = new Stream(
      "api/v1/events",
      (messages) => this.said.push(...messages.map(({ event }) => event)),
      (link: Link) => this.said.push(link),
      () => this.said.push("begin"),
    );
    void stream.run();
  }

  /** The next answer that the page asks for. */
  async answer(): Promise<ReadableStreamDefaultController<Uint8Array>> {
    const controller = await this.#asked.promise;
    this.#asked = Promise.withResolvers();
    return controller;
  }

  /** What was said since the last call, when all is done that can be done now. */
  async news(): Promise<string[]> {
    await settle();
    return this.said.splice(0);
  }

  /** Waits that the page has begun, by their length. */
  get waits(): number[] {
    return [...this.#timers.values()].map(([, ms]) => ms);
  }

  end(): void {
    Object.assign(globalThis, {
      fetch: this.#real.fetch,
      setTimeout: this.#real.setTimeout,
      clearTimeout: this.#real.clearTimeout,
    });
    performance.now = this.#real.now;
  }
}

async function inBrowser(action: (browser: Browser) => Promise<void>, status?: number): Promise<void> {
  const browser = new Browser(status);
  try {
    await action(browser);
  } finally {
    browser.end();
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("the page reconnects at once when the daemon ends the stream, without showing a lost connection", () =>
  inBrowser(async (browser) => {
    const first = await browser.answer();
    first.enqueue(bytes(STATUS));
    assert.deepEqual(await browser.news(), ["begin", "live", "status"]);
    browser.nowMs += 1_000;
    first.close();
    const second = await browser.answer();
    second.enqueue(bytes(STATUS));
    assert.deepEqual(await browser.news(), ["begin", "live", "status"]);
    assert.deepEqual(browser.ids, ["", "life-3"]);
  }));

Deno.test("the page's stream that ends as soon as it came is lost, and asked for again after a while", () =>
  inBrowser(async (browser) => {
    const first = await browser.answer();
    first.enqueue(bytes(STATUS));
    await browser.news();
    first.close();
    assert.deepEqual(await browser.news(), ["lost"]);
    assert.ok(browser.waits.every((ms) => ms >= 375 && ms <= 625), String(browser.waits));
    assert.equal(browser.waits.length, 1);
    assert.deepEqual(browser.ids, [""]);
  }));

Deno.test("the page's stream that breaks is lost, however long it was", () =>
  inBrowser(async (browser) => {
    const first = await browser.answer();
    first.enqueue(bytes(STATUS));
    await browser.news();
    browser.nowMs += 60_000;
    first.error(new TypeError("network error"));
    assert.deepEqual(await browser.news(), ["lost"]);
    assert.deepEqual(browser.ids, [""]);
  }));

Deno.test("the page's stream that needs a token tries again now and then: the daemon may accept it later", () =>
  inBrowser(async (browser) => {
    await browser.answer();
    assert.deepEqual(await browser.news(), ["token"]);
    const [waitMs = NaN, ...others] = browser.waits;
    assert.ok(waitMs >= 22_500 && waitMs <= 37_500, String(waitMs));
    assert.deepEqual(others, []);
  }, 401));
