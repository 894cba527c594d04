/** The two threads of the compiled program: what each may do, and that one goes on when the other fails. */
import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../support/core/events2_text.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";
import { PROBE_PORT } from "../support/probing/port.ts";
import { probingProgram } from "../support/probing/program.ts";

const CONFIG = `[[api]]
address = "127.0.0.1:0"
[[umh]]
[[umh.resource]]
command = "echo $DRBD_RES_NAME >> $DIR/fired"
new.role = "Primary"
`;

const REFUSED = [
  "run sh",
  "run drbdsetup",
  "read the configuration",
  "read /etc/passwd",
  "write beside the configuration",
  "write a drop-in",
  "write to the folder of the daemon",
  "write to /tmp",
  "read a variable",
  "ask for the name of the node",
  "load native code",
  "give a thread more than it has",
];

const ask = (path: string) => fetch(`http://127.0.0.1:${PROBE_PORT}${path}`);

async function start(): Promise<LiveDaemon> {
  const program = await probingProgram();
  const lines = [...dumpOf("web"), ...dumpOf("db"), DUMP_END];
  return await (await LiveDaemon.start(lines, { config: CONFIG, program })).known();
}

Deno.test("compiled: the monitor thread runs nothing, reads no configuration and writes to its folder only", async () => {
  await using daemon = await start();
  const config = daemon.process.path("drbdd.toml");
  const refused = await (await ask(`/refused?config=${encodeURIComponent(config)}`)).json();
  assert.deepEqual(refused, REFUSED);
});

Deno.test("compiled: the deciding thread may not use the network once there is a monitor thread", async () => {
  await using daemon = await start();
  await daemon.process.said(/only the monitor thread has network access/);
  await daemon.process.said(/deciding thread: listen refused, connect refused/);
  const response = await fetch(`${daemon.url}api/v1/resources`);
  assert.equal(response.status, 200);
  await response.body?.cancel();
});

Deno.test("compiled: when the monitor thread fails decisions go on, and it serves again within 5 s", async () => {
  await using daemon = await start();
  const place = daemon.process.lines.length;
  const startedMs = performance.now();
  await (await ask("/fail")).body?.cancel();
  await daemon.print(line("change", "resource", { name: "web", role: "Primary" }));
  await daemon.process.until(
    async () => (await Deno.readTextFile(daemon.process.path("fired")).catch(() => "")) === "web\n",
    "the rule of umh",
  );
  await daemon.process.said(
    /The monitor thread failed; restarting it in 0.5 s.*: a fault that a test asked for/,
    place,
  );
  await daemon.process.said(/Serving the API at/, place);
  const tookMs = performance.now() - startedMs;
  const [, url = ""] =
    /Serving the API at (\S+)/.exec(daemon.process.matching(/Serving the API at/).at(-1) ?? "") ??
      [];
  const resources = await (await fetch(`${url}api/v1/resources`)).json() as { name: string; role: string }[];
  assert.deepEqual(resources.map(({ name, role }) => `${name} ${role}`), ["db Secondary", "web Primary"]);
  assert.ok(tookMs < 5_000, `${tookMs} ms`);
  // What the thread that failed left behind is gone.
  assert.equal((await Array.fromAsync(Deno.readDir(daemon.process.path("runtime/monitor")))).length, 1);
});
