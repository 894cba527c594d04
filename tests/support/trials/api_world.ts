/** The API in a simulated world: a daemon, a drbdsetup that prints what a test wants, and clients without a network. */
import assert from "node:assert/strict";
import { apiPlugin } from "../../../plugins/api/mod.ts";
import type { ApiConfig } from "../../../plugins/api/config.ts";
import { Daemon } from "../../../src/daemon/daemon.ts";
import type { Plugin } from "../../../src/daemon/plugins/plugin.ts";
import { LogRecorder } from "../simulated/log_recorder.ts";
import { settle } from "../simulated/simulated_clock.ts";
import { SimulatedEffects } from "../simulated/simulated_effects.ts";
import type { Role } from "../simulated/simulated_processes.ts";

export const LOOPBACK: ApiConfig = {
  address: { transport: "tcp", hostname: "127.0.0.1", port: 9943 },
  tokenFile: undefined,
  allowAnonymous: false,
  hostNames: [],
  tls: undefined,
};

/** Lines of a dump: a resource with one disk and one peer. */
export function dumpOf(...names: readonly string[]): string[] {
  return [...names.flatMap(resourceLines), "exists -"];
}

function resourceLines(name: string): string[] {
  return [
    `exists resource name:${name} role:Secondary suspended:no force-io-failures:no write-ordering:flush may_promote:yes promotion_score:10101`,
    `exists connection name:${name} peer-node-id:1 conn-name:beta connection:Connected role:Secondary congested:no ap-in-flight:0 rs-in-flight:0`,
    `exists device name:${name} volume:0 minor:1000 backing_dev:/dev/vg/${name} disk:UpToDate client:no open:no quorum:yes size:1024 read:1 written:2 al-writes:3 bm-writes:4 upper-pending:0 lower-pending:0 al-suspended:no blocked:no`,
    `exists peer-device name:${name} peer-node-id:1 conn-name:beta volume:0 replication:Established peer-disk:UpToDate peer-client:no resync-suspended:no received:0 sent:0 out-of-sync:0 pending:0 unacked:0`,
    `exists path name:${name} peer-node-id:1 conn-name:beta local:ipv4:192.0.2.1:7000 peer:ipv4:192.0.2.2:7000 established:yes`,
  ];
}

/** Lines that change what `dumpOf` says. */
export const changeOf = {
  role: (name: string, role: string) =>
    `change resource name:${name} role:${role} suspended:no force-io-failures:no write-ordering:flush may_promote:no promotion_score:10101`,
  disk: (name: string, disk: string) =>
    `change device name:${name} volume:0 minor:1000 backing_dev:none disk:${disk} client:no open:no quorum:yes size:1024 read:1 written:2 al-writes:3 bm-writes:4 upper-pending:0 lower-pending:0 al-suspended:no`,
  /** A counter only. */
  written: (name: string, kib: number) =>
    `change device name:${name} volume:0 minor:1000 backing_dev:/dev/vg/${name} disk:UpToDate client:no open:no quorum:yes size:1024 read:1 written:${kib} al-writes:3 bm-writes:4 upper-pending:0 lower-pending:0 al-suspended:no`,
};

/** A test in a world of its own, that ends with it. */
export function apiTest(
  name: string,
  action: (world: ApiWorld) => Promise<void>,
  config: ApiConfig = LOOPBACK,
): void {
  Deno.test({
    name,
    sanitizeOps: true,
    sanitizeResources: true,
    async fn() {
      const world = new ApiWorld(config);
      await action(world);
      await world.end();
    },
  });
}

/** How a test asks. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class ApiWorld {
  readonly effects = new SimulatedEffects();
  /** Of the daemon. What the plugin logs goes to its own logger. */
  readonly log = new LogRecorder();
  readonly daemon: Daemon;
  /** What `drbdsetup status --verbose` prints. */
  status = "";
  /** How often drbdsetup was asked for counters. */
  asked = 0;
  readonly #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();
  #events2: Role | undefined;

  constructor(readonly config: ApiConfig = LOOPBACK) {
    this.effects.processes.install("drbdsetup", (role) => this.#play(role));
    const plugin = apiPlugin as Plugin<unknown>;
    this.daemon = new Daemon(
      this.effects,
      { statisticsPollIntervalMs: 60_000, instances: [{ plugin, config }] },
      this.log,
    );
  }

  async start(...lines: string[]): Promise<this> {
    this.#over = this.daemon.run(this.#stop.signal);
    await settle();
    if (lines.length > 0) await this.print(...lines);
    return this;
  }

  /** Ends the daemon, and sees that nothing of it is left. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.effects.clock.advance(10_000);
    await this.#over;
    assert.equal(this.effects.clock.pendingTimers, 0);
    assert.equal(this.effects.servers.size, 0);
  }

  /** Lines of events2, printed in one go. */
  async print(...lines: string[]): Promise<void> {
    this.#events2?.print(lines.map((line) => `${line}\n`).join(""));
    await settle();
  }

  /** drbdsetup ends by itself; the daemon starts another one later. */
  async loseDrbdsetup(): Promise<void> {
    this.#events2?.exit(20);
    await settle();
  }

  async advance(durationMs: number): Promise<void> {
    await this.effects.clock.advance(durationMs);
  }

  ask(path: string, { method = "GET", headers = {} }: Asked = {}): Promise<Response> {
    const [handler] = this.effects.servers.values();
    assert.ok(handler, "Nobody listens");
    const request = new Request(`http://localhost:9943${path}`, {
      method,
      headers: { host: "localhost:9943", ...headers },
    });
    return Promise.resolve(handler(request));
  }

  async json(path: string, asked?: Asked): Promise<unknown> {
    const response = await this.ask(path, asked);
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return await response.json();
  }

  /** A client of the event stream that takes JSON lines. */
  async follow(query = "", headers: Readonly<Record<string, string>> = {}): Promise<Follower> {
    const response = await this.ask(`/api/v1/events${query}`, {
      headers: { accept: "application/x-ndjson", ...headers },
    });
    assert.equal(response.status, 200);
    assert.ok(response.body);
    return new Follower(this, response.body.getReader());
  }

  #play(role: Role): void {
    if (role.argv[1] === "events2") {
      this.#events2 = role;
      role.onInput = (text) => this.asked += text.split("\n").length - 1;
      role.onEndOfInput = () => role.exit(0);
      return;
    }
    role.print(this.status);
    role.exit(0);
  }
}

/** A line of the event stream. */
export interface Line {
  readonly event: string;
  readonly id?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export class Follower {
  #pending: Promise<string | undefined> | undefined;

  constructor(readonly world: ApiWorld, readonly reader: ReadableStreamDefaultReader<Uint8Array>) {}

  /** What comes within a time, as text. */
  async text(withinMs = 100): Promise<string> {
    let text = "";
    let isLate = false;
    for (;;) {
      this.#pending ??= this.reader.read().then(({ value }) => value && new TextDecoder().decode(value));
      const piece = await Promise.race([this.#pending, settle().then(() => null)]);
      if (piece === undefined) return text;
      if (piece !== null) {
        text += piece;
        this.#pending = undefined;
      } else if (isLate) return text;
      else {
        await this.world.advance(withinMs);
        isLate = true;
      }
    }
  }

  async lines(withinMs?: number): Promise<Line[]> {
    return (await this.text(withinMs)).split("\n").filter((line) => line !== "").map((line) =>
      JSON.parse(line)
    );
  }

  /** What comes within a time, in short: `EVENT` and the text or name that goes with it. */
  async received(withinMs?: number): Promise<string[]> {
    return (await this.lines(withinMs)).map(({ event, data }) =>
      `${event} ${data?.["text"] ?? data?.["name"] ?? data?.["resources"] ?? data?.["reason"] ?? ""}`.trim()
    );
  }

  async leave(): Promise<void> {
    await this.reader.cancel();
    await settle();
  }
}
