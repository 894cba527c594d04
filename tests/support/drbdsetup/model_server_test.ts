/** Real programs asking a simulated cluster. */
import assert from "node:assert/strict";
import { nodesNamed } from "../../simulation/model/config.ts";
import { Model } from "../../simulation/model/model.ts";
import { LineCutter } from "./frames.ts";
import { ModelServer } from "./model_server.ts";

function newModel(): Model {
  const volumes = [{ volume: 0, minor: 5, sizeKib: 65_536, backingDev: "/dev/vg/web_0" }];
  const model = new Model(
    { nodes: nodesNamed("alpha", "beta", "gamma"), resources: [{ name: "web", port: 7000, volumes }] },
    1,
  );
  model.settle();
  return model;
}

/** A test with a server, in a directory of its own. Its time runs. */
function serverTest(name: string, body: (server: ModelServer, model: Model) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const directory = await Deno.makeTempDir();
      try {
        const model = newModel();
        await using server = await ModelServer.start(model, directory);
        server.keepTime(10);
        await body(server, model);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

async function run(server: ModelServer, node: string, program: string, ...args: string[]) {
  const command = new Deno.Command(`${server.programsOf(node)}/${program}`, { args, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A running `events2`, line by line. */
class Events2 {
  readonly child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #cutter = new LineCutter();

  constructor(server: ModelServer, ...args: string[]) {
    const command = new Deno.Command(`${server.programsOf("alpha")}/drbdsetup`, {
      args: ["events2", ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    this.child = command.spawn();
    this.#reader = this.child.stdout.getReader();
    this.#writer = this.child.stdin.getWriter();
  }

  /** Lines up to one that contains `text`. */
  async readTo(text: string): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`The output ended before "${text}"`);
      lines.push(...this.#cutter.take(value));
      if (lines.some((line) => line.includes(text))) return lines;
    }
  }

  async write(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async closeInput(): Promise<void> {
    await this.#writer.close();
  }

  /** How it ends. */
  async end(): Promise<Deno.CommandStatus> {
    const status = await this.child.status;
    await this.#reader.cancel();
    await this.#writer.close().catch(() => {});
    return status;
  }
}

serverTest(
  "events2 --full --poll prints the dump, then changes, and ends with its input",
  async (server, model) => {
    const events2 = new Events2(server, "--full", "--poll");
    assert.deepEqual(await events2.readTo("exists -"), model.dump("alpha"));
    assert.equal((await run(server, "beta", "drbdadm", "primary", "web")).code, 0);
    const lines = await events2.readTo("role:Primary");
    assert.ok(lines.some((line) => line.startsWith("change connection name:web peer-node-id:1")));
    await events2.closeInput();
    assert.equal((await events2.end()).code, 0);
  },
);

serverTest("events2 answers n with what has changed, and another byte ends it", async (server, model) => {
  const events2 = new Events2(server, "--full", "--poll");
  await events2.readTo("exists -");
  await run(server, "alpha", "drbdadm", "primary", "web");
  const device = model.open("alpha", "web", 0, "test");
  await events2.readTo("open:yes");
  device?.write(128);
  await events2.write("n\n");
  await events2.readTo("written:128");
  device?.close();
  await events2.write("q");
  assert.equal((await events2.end()).code, 0);
});

serverTest("events2 --now prints the dump and ends", async (server, model) => {
  const { code, stdout } = await run(server, "gamma", "drbdsetup", "events2", "--full", "--now");
  assert.equal(code, 0);
  assert.equal(stdout, model.dump("gamma").map((line) => `${line}\n`).join(""));
  const other = await run(server, "gamma", "drbdsetup", "events2", "--full", "--now", "nosuch");
  assert.equal(other.stdout, "exists -\n");
});

serverTest("events2 with input at its end from the start prints the dump and ends", async (server) => {
  const { code, stdout } = await run(server, "alpha", "drbdsetup", "events2", "--full", "--poll");
  assert.deepEqual([code, stdout.endsWith("exists -\n")], [0, true]);
});

serverTest("events2 refuses what it does not know", async (server) => {
  const { code, stdout, stderr } = await run(server, "alpha", "drbdsetup", "events2", "--full", "a", "b");
  assert.deepEqual({ code, stdout, stderr }, { code: 20, stdout: "", stderr: "Excess arguments: b\n" });
});

serverTest("SIGTERM ends events2, and the kernel forgets it", async (server, model) => {
  const events2 = new Events2(server, "--full", "--poll");
  await events2.readTo("exists -");
  events2.child.kill("SIGTERM");
  assert.equal((await events2.end()).signal, "SIGTERM");
  assert.equal((await run(server, "alpha", "drbdadm", "primary", "web")).code, 0);
  assert.equal(model.resource("alpha", "web")?.is.role, "Primary");
});

serverTest("a node that loses power takes its programs along", async (server, model) => {
  const events2 = new Events2(server, "--full", "--poll");
  await events2.readTo("exists -");
  model.crash("alpha");
  server.cutOff("alpha");
  assert.equal((await events2.end()).code, 20);
});

serverTest("a refused promotion says why, as drbdsetup and drbdadm do", async (server, model) => {
  model.partition([["alpha"], ["beta", "gamma"]]);
  model.advanceUntil(() => model.resource("alpha", "web")?.devices[0]?.is.quorum === false);
  const refused = [
    "web: State change failed: (-25) No quorum",
    "additional info from kernel:",
    "1 of 3 nodes visible, need 2 for quorum",
    "",
  ].join("\n");
  const setup = await run(server, "alpha", "drbdsetup", "primary", "web");
  assert.deepEqual(setup, { code: 11, stdout: "", stderr: refused });
  const admin = await run(server, "alpha", "drbdadm", "primary", "web");
  const more = "Command 'drbdsetup primary web' terminated with exit code 11\n";
  assert.deepEqual(admin, { code: 11, stdout: "", stderr: refused + more });
});

serverTest("reports: status, show, version, backing devices, unknown resources", async (server) => {
  const status = JSON.parse((await run(server, "alpha", "drbdsetup", "status", "--json")).stdout);
  assert.deepEqual(
    [status[0].name, status[0].role, status[0].connections[0].peer_devices[0]["peer-disk-state"]],
    ["web", "Secondary", "UpToDate"],
  );
  const show = JSON.parse((await run(server, "alpha", "drbdsetup", "show", "--json")).stdout);
  assert.equal(show[0].options.quorum, "majority");
  assert.match(
    (await run(server, "alpha", "drbdadm", "--version")).stdout,
    /^DRBD_KERNEL_VERSION=9\.2\.18$/m,
  );
  assert.equal((await run(server, "alpha", "drbdadm", "sh-ll-dev", "web")).stdout, "/dev/vg/web_0\n");
  const unknown = await run(server, "alpha", "drbdadm", "adjust", "nosuch");
  assert.deepEqual([unknown.code, unknown.stderr], [
    1,
    "'nosuch' not defined in your config (for this host).\n",
  ]);
  assert.equal((await run(server, "alpha", "drbdsetup", "primary", "nosuch")).code, 10);
});
