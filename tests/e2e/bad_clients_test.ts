/** Clients that mean harm, or do not know better, all at once: others are served as if they were not there. */
import assert from "node:assert/strict";
import { LiveDaemon } from "../support/live_daemon.ts";
import { type Sample, sampleDump, sampleLines } from "../support/sample_lines.ts";
import { say } from "../support/say.ts";

const IDLE = 1_000;
/** The wanted figure is 100 ms; a machine that is busy with something else must not fail the test. */
const SLOWEST_MS = 2_000;
/** Deno 2.4, of which the program may be compiled, leaves more of what was streamed to its collector, from source as well. */
const MOST_GROWTH_MIB = Deno.env.has("DRBDD_PROGRAM") || Deno.version.deno.startsWith("2.4.") ? 500 : 200;

const encoder = new TextEncoder();
const samples = Array.from({ length: 1_000 }, (_, number): Sample => ({ name: `r${number}`, minor: number }));

/** Connections of one test, all closed in the end. */
class Crowd implements Disposable {
  readonly #connections: Deno.Conn[] = [];
  readonly #port: number;

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  /** A client that says this, and then nothing. One that is turned away does not complain. */
  async join(text = ""): Promise<Deno.Conn> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    this.#connections.push(connection);
    if (text !== "") await this.#say(connection, text);
    return connection;
  }

  async #say(connection: Deno.Conn, text: string): Promise<void> {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    } catch {
      // The server hung up.
    }
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // It was closed.
      }
    }
  }
}

const request = (path: string, method = "GET") => `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** What bad clients do, each as often as its number says. */
const HARM: readonly [string, number, string][] = [
  ["half requests", 100, "GET /api/v1/resources HTTP/1.1\r\nHos"],
  ["readers of the list that do not read", 40, request("/api/v1/resources")],
  ["readers of events that do not read", 40, request("/api/v1/events?state=1")],
  ["headers of 10 MiB", 5, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(10 * 1024 * 1024)}\r\n\r\n`],
  ["addresses of 1 MiB", 5, request(`/${"x".repeat(1024 * 1024)}`)],
  ["wrong methods", 20, request("/api/v1/resources", "DELETE")],
  ["unheard-of methods", 20, request("/", "BREW")],
  [
    "bodies that are promised",
    20,
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\nabc",
  ],
  ["garbage", 50, "\u0000\u0001\u0002 garbage\r\n\r\n\r\n"],
  ["TLS where there is none", 20, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"],
  ["wrong hosts", 20, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"],
  ["endless brackets", 20, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"],
  ["strange paths", 20, request("/%zz/../%00?kind=\u00ff")],
  ["other versions", 20, "GET / HTTP/9.9\r\n\r\n"],
];

/** How long good clients wait for each answer while `crowd` does its worst, in milliseconds, sorted. */
async function waits(url: string, during: Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  let isOver = false;
  void during.finally(() => isOver = true);
  while (!isOver || found.length < 50) {
    for (const path of ["api/v1/resources/r7", "healthz", ""]) {
      const startMs = performance.now();
      const response = await fetch(url + path, { headers: { connection: "close" } });
      await response.text();
      assert.equal(response.status, 200);
      found.push(performance.now() - startMs);
    }
  }
  return found.sort((a, b) => a - b);
}

async function rssMib(daemon: LiveDaemon): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${daemon.process.pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

function report(what: string, waitsMs: readonly number[]): void {
  const at = (share: number) => (waitsMs[Math.floor((waitsMs.length - 1) * share)] ?? 0).toFixed(1);
  say(`${what}: ${waitsMs.length} answers, median ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${at(1)} ms`);
  assert.ok((waitsMs.at(-1) ?? Infinity) < SLOWEST_MS, `${what}: ${at(1)} ms`);
}

Deno.test({
  name: "bad clients of the API harm nobody",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    await using daemon = await LiveDaemon.start(sampleDump(...samples));
    await daemon.known();
    report("Nobody else there", await waits(daemon.url, Promise.resolve()));
    const beforeMib = await rssMib(daemon);
    const saidBefore = daemon.process.lines.length;
    using crowd = new Crowd(daemon.url);
    const idle = (async () => {
      for (let count = 0; count < IDLE; count++) await crowd.join();
    })();
    report(`${IDLE} idle connections`, await waits(daemon.url, idle));
    for (const [what, count, text] of HARM) {
      const harm = Promise.all(Array.from({ length: count }, () => crowd.join(text)));
      report(`${count} ${what}`, await waits(daemon.url, harm));
    }
    const flood = (async () => {
      for (let round = 0; round < 20; round++) {
        const role = round % 2 === 0 ? "Primary" : "Secondary";
        await daemon.print(...samples.flatMap((sample) => sampleLines("change", { ...sample, role })));
      }
    })();
    report("All of them still there, and 140,000 lines of events", await waits(daemon.url, flood));
    const grownMib = await rssMib(daemon) - beforeMib;
    const said = daemon.process.lines.slice(saidBefore);
    say(
      `Memory grew by ${grownMib.toFixed(0)} MiB from ${
        beforeMib.toFixed(0)
      }; ${said.length} lines were logged`,
    );
    assert.ok(grownMib < MOST_GROWTH_MIB, `${grownMib} MiB`);
    assert.deepEqual(said, []);
    assert.equal(await daemon.process.stop(), 0);
  },
});
