import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { LOOPBACK } from "../../../tests/support/trials/api_world.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import {
  type Effects,
  type HttpServer,
  ListenError,
  type ServeOptions,
} from "../../../src/effects/effects.ts";
import { describe } from "../../../src/effects/describe.ts";
import type { ApiConfig } from "../config.ts";
import { Listener } from "./listener.ts";

const CONFIG: ApiConfig = {
  ...LOOPBACK,
  address: { transport: "tcp", hostname: undefined, port: 9943 },
  tls: { certFile: "/cert.pem", keyFile: "/key.pem" },
};

class Trial {
  readonly world = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly stop = new AbortController();
  /** Certificates of servers, in the order in which they were started and stopped. */
  readonly served: string[] = [];
  /** Of the servers that were started. */
  readonly bounds: (number | undefined)[] = [];
  readonly listener: Listener;
  isBroken = false;
  readonly finished = Promise.withResolvers<void>();

  constructor(config: ApiConfig = CONFIG) {
    this.put("1");
    const { clock, files, processes, notifier, random, pid } = this.world;
    const effects: Effects = {
      ...{ clock, files, processes, notifier, random, pid },
      ownProcess: () => this.world.ownProcess(),
      nodeName: () => "alpha",
      environment: () => undefined,
      network: {
        serveHttp: (address, _handler, options) => this.#serve(address, options),
        connect: () => Promise.reject(new Error("Nobody is to be connected to")),
      },
    };
    this.listener = new Listener(config, () => new Response(), {
      effects,
      log: this.log,
      signal: this.stop.signal,
    });
  }

  put(what: string): void {
    this.world.files.put("/cert.pem", `cert ${what}`);
    this.world.files.put("/key.pem", `key ${what}`);
  }

  async end(keeping: Promise<void>): Promise<void> {
    this.stop.abort();
    await keeping;
    await this.listener.close();
  }

  #serve(address: HttpServer["address"], options: ServeOptions | undefined): Promise<HttpServer> {
    const cert = options?.tls === undefined ? "plain" : `${options.tls.cert} ${options.tls.key}`;
    if (this.isBroken || cert.includes("bad")) {
      return Promise.reject(new ListenError("x", { cause: new Error("no certificate") }));
    }
    this.served.push(`+${cert}`);
    this.bounds.push(options?.mostClients);
    const close = () => Promise.resolve(void this.served.push(`-${cert}`));
    return Promise.resolve({ address, finished: this.finished.promise, close });
  }
}

Deno.test("Listener says where it can be reached", async () => {
  const addresses: [ApiConfig["address"], string][] = [
    [{ transport: "tcp", hostname: "127.0.0.1", port: 1 }, "http://127.0.0.1:1/"],
    [{ transport: "tcp", hostname: "::1", port: 1 }, "http://[::1]:1/"],
    [{ transport: "tcp", hostname: undefined, port: 1 }, "http://[::]:1/"],
    [{ transport: "unix", path: "/run/api.sock" }, "unix:/run/api.sock"],
  ];
  for (const [address, url] of addresses) {
    const trial = new Trial({ ...CONFIG, tls: undefined, address });
    await trial.listener.start();
    assert.deepEqual(trial.log.lines, [`info: Serving the API at ${url}`]);
    assert.deepEqual(trial.served, ["+plain"]);
  }
});

Deno.test("Listener uses the certificate, and takes up a renewed one when its files have settled", async () => {
  const trial = new Trial();
  await trial.listener.start();
  const keeping = trial.listener.keepCertificate();
  await trial.world.clock.advance(600_000);
  assert.deepEqual(trial.served, ["+cert 1 key 1"]);
  trial.world.files.put("/cert.pem", "cert 2");
  await trial.world.clock.advance(60_000);
  trial.world.files.put("/key.pem", "key 2");
  await trial.world.clock.advance(60_000);
  assert.deepEqual(trial.served, ["+cert 1 key 1"]);
  await trial.world.clock.advance(60_000);
  assert.deepEqual(trial.served, ["+cert 1 key 1", "-cert 1 key 1", "+cert 2 key 2"]);
  await trial.end(keeping);
  assert.equal(trial.served.at(-1), "-cert 2 key 2");
  assert.deepEqual(trial.log.from("warn"), []);
});

Deno.test("Listener stays with its certificate when the new one is no good, and says so once", async () => {
  const trial = new Trial();
  await trial.listener.start();
  const keeping = trial.listener.keepCertificate();
  trial.put("bad");
  await trial.world.clock.advance(600_000);
  assert.deepEqual(trial.served, ["+cert 1 key 1", "-cert 1 key 1", "+cert 1 key 1"]);
  assert.equal(trial.log.from("error").length, 1);
  trial.put("3");
  await trial.world.clock.advance(180_000);
  assert.equal(trial.served.at(-1), "+cert 3 key 3");
  await trial.end(keeping);
});

Deno.test("Listener says which file is to blame when the certificate cannot be used", async () => {
  const trial = new Trial();
  trial.isBroken = true;
  await assert.rejects(
    trial.listener.start(),
    (error: unknown) =>
      error instanceof ListenError &&
      describe(error) === 'Cannot listen on :9943: there is no certificate (PEM) in tls-cert "/cert.pem"',
  );
});

Deno.test("Listener goes on when the files of the certificate are gone for a while", async () => {
  const trial = new Trial();
  await trial.listener.start();
  const keeping = trial.listener.keepCertificate();
  await trial.world.files.remove("/key.pem");
  await trial.world.clock.advance(600_000);
  assert.equal(trial.log.from("warn").length, 1);
  trial.put("1");
  await trial.world.clock.advance(600_000);
  assert.deepEqual(trial.served, ["+cert 1 key 1"]);
  await trial.end(keeping);
});

Deno.test("Listener fails when there is no server any more", async () => {
  const trial = new Trial();
  await trial.listener.start();
  const keeping = trial.listener.keepCertificate();
  trial.isBroken = true;
  trial.put("2");
  const failed = assert.rejects(keeping, ListenError);
  await trial.world.clock.advance(180_000);
  await failed;
});

Deno.test("Listener fails when its server does", async () => {
  const trial = new Trial();
  await trial.listener.start();
  trial.finished.reject(new Error("Too many open files"));
  await assert.rejects(trial.listener.failure, /Too many open files/);
});

Deno.test("Listener keeps the number of clients bounded", async () => {
  const trial = new Trial();
  await trial.listener.start();
  assert.equal(trial.bounds[0], 256);
});

Deno.test("Listener does not start without its certificate", async () => {
  const trial = new Trial();
  await trial.world.files.remove("/cert.pem");
  await assert.rejects(trial.listener.start(), /Cannot read "\/cert.pem"/);
});
