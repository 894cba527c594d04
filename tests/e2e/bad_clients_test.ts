/** Clients that mean harm, or do not know better, all at once: others are served as if they were not there. */
import assert from "node:assert/strict";
import { GoodClients, type Waits } from "../support/processes/good_clients.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";
import { type Sample, sampleDump, sampleLines } from "../support/core/sample_lines.ts";
import { say } from "../support/print_line.ts";

const IDLE = 1_000;
/** The wanted figure is 100 ms; a machine that is busy with something else must not fail the test. */
const SLOWEST_MS = 10_000;
/** What the crowd may cost; V8 lets garbage lie for a while, and older versions for longer. */
const MOST_GROWTH_MIB = 500;
/** What more of the same may cost in the end: nothing, but for garbage. */
const MOST_WAVERING_MIB = 80;

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
type Harm = readonly [string, number, string];

const HARM_TO_ANYBODY: readonly Harm[] = [
  ["half requests", 100, "GET /api/v1/resources HTTP/1.1\r\nHos"],
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

/** A server of the daemon. */
interface Target {
  readonly name: string;
  readonly config: string;
  /** What the daemon says of where it is. */
  readonly where: RegExp;
  /** What good clients ask for. */
  readonly paths: readonly string[];
  /** Besides what can be done to anybody. */
  readonly harm: readonly Harm[];
}

const TARGETS: readonly Target[] = [
  {
    name: "API",
    config: '[[api]]\naddress = "127.0.0.1:0"\n',
    where: /Serving the API at (\S+)/,
    paths: ["api/v1/resources/r7", "healthz", ""],
    harm: [
      ["readers of the list that do not read", 40, request("/api/v1/resources")],
      ["readers of events that do not read", 40, request("/api/v1/events?state=1")],
    ],
  },
  {
    name: "exporter",
    config: '[[prometheus]]\naddress = "127.0.0.1:0"\n',
    where: /Serving metrics at (\S+\/)metrics/,
    paths: ["metrics", ""],
    harm: [["scrapers that do not read", 40, request("/metrics")]],
  },
];

async function rssMib(daemon: LiveDaemon): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${daemon.process.pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

function report(what: string, { ms, failed }: Waits): void {
  const at = (share: number) => (ms[Math.floor((ms.length - 1) * share)] ?? 0).toFixed(1);
  say(
    `${what}: ${ms.length} answers, median ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${at(1)} ms; ` +
      `${failed} had to ask again`,
  );
  assert.ok((ms.at(-1) ?? Infinity) < SLOWEST_MS, `${what}: ${at(1)} ms`);
  assert.ok(failed < ms.length / 5, `${what}: ${failed} had to ask again`);
}

for (const { name, config, where, paths, harm } of TARGETS) {
  Deno.test({
    name: `bad clients of the ${name} harm nobody`,
    sanitizeOps: true,
    sanitizeResources: true,
    async fn() {
      await using daemon = await LiveDaemon.start(sampleDump(...samples), { config }, where);
      await daemon.known();
      await using good = new GoodClients(paths.map((path) => daemon.url + path));
      const waited = async (what: string, harm: () => Promise<unknown>) =>
        report(`${name}: ${what}`, await good.waits(harm));
      await waited("nobody else there", () => Promise.resolve());
      const beforeMib = await rssMib(daemon);
      const saidBefore = daemon.process.lines.length;
      using crowd = new Crowd(daemon.url);
      await waited(`${IDLE} idle connections`, async () => {
        for (let count = 0; count < IDLE; count++) await crowd.join();
      });
      for (const [what, count, text] of [...harm, ...HARM_TO_ANYBODY]) {
        await waited(
          `${count} ${what}`,
          () => Promise.all(Array.from({ length: count }, () => crowd.join(text))),
        );
      }
      const flood = async () => {
        for (let round = 0; round < 20; round++) {
          const role = round % 2 === 0 ? "Primary" : "Secondary";
          await daemon.print(...samples.flatMap((sample) => sampleLines("change", { ...sample, role })));
        }
      };
      // Until two floods more have cost nothing together: when garbage is collected is up to V8.
      const grown: number[] = [];
      const isSettled = () => {
        const [first = NaN, ...more] = grown.slice(-3);
        return more.length === 2 && more.every((mib) => mib < first + MOST_WAVERING_MIB);
      };
      while (!isSettled()) {
        await waited("all of them still there, and 140,000 lines of events", flood);
        grown.push(await rssMib(daemon) - beforeMib);
        assert.ok(
          Math.max(...grown) < MOST_GROWTH_MIB,
          `${grown.map((mib) => mib.toFixed(0)).join(", ")} MiB`,
        );
      }
      const said = daemon.process.lines.slice(saidBefore);
      const sizes = grown.map((mib) => mib.toFixed(0)).join(", ");
      say(
        `${name}: memory grew by ${sizes} MiB from ${beforeMib.toFixed(0)}; ${said.length} lines were logged`,
      );
      assert.deepEqual(said, []);
      assert.equal(await daemon.process.stop(), 0);
    },
  });
}
