/** A process that has no file descriptors left, because clients hold them all. */
import assert from "node:assert/strict";

const SCRIPT = `
  import { denoNetwork } from "./src/http/deno_network.ts";
  const server = await denoNetwork.serveHttp(
    { transport: "tcp", hostname: "127.0.0.1", port: 0 },
    () => new Response("hello"),
  );
  const ended = server.finished.then(() => "closed", (error) => error.message);
  const clients = [];
  try {
    for (;;) clients.push(await Deno.connect({ hostname: "127.0.0.1", port: server.address.port }));
  } catch {
    // Refused, or no descriptor left here either.
  }
  // Deno 2.4 notices when the last client has left, no earlier.
  for (const client of clients) client.close();
  console.log(await ended);
  await server.close();
  const again = await denoNetwork.serveHttp(server.address, () => new Response("hello again"));
  console.log(await (await fetch("http://127.0.0.1:" + server.address.port)).text());
  Deno.exit(0);
`;

/** A server with a bound that is higher than the descriptors that there are. */
const BOUNDED_SCRIPT = `
  import { denoNetwork } from "./src/http/deno_network.ts";
  const server = await denoNetwork.serveHttp(
    { transport: "tcp", hostname: "127.0.0.1", port: 0 },
    () => new Response("hello"),
    { mostClients: 1_000 },
  );
  console.log(server.address.port);
  await new Promise((resolve) => Deno.addSignalListener("SIGTERM", resolve));
  await server.close();
  Deno.exit(0);
`;

Deno.test({
  name:
    "an HTTP server that runs out of file descriptors says so, can be rebuilt, and does not end the process",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    assert.match(await runWithFewDescriptors(SCRIPT), /^Error: Too many open files .*\nhello again\n$/);
  },
});

Deno.test({
  name: "an HTTP server with a bound serves on when file descriptors run out before it is reached",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const child = await withFewDescriptors(BOUNDED_SCRIPT);
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const port = Number((await output.read()).value);
    const crowd: Deno.Conn[] = [];
    for (let count = 0; count < 300; count++) {
      crowd.push(await Deno.connect({ hostname: "127.0.0.1", port }));
    }
    for (let count = 0; count < 5; count++) {
      const response = await fetch(`http://127.0.0.1:${port}`);
      assert.equal(await response.text(), "hello");
    }
    child.kill("SIGTERM");
    for (const client of crowd) client.close();
    await output.cancel();
    await child.stderr.cancel();
    assert.equal((await child.status).code, 0);
  },
});

/** Runs a module as a process of its own. Returns what it printed. */
async function runWithFewDescriptors(script: string): Promise<string> {
  const child = await withFewDescriptors(script);
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function withFewDescriptors(script: string): Promise<Deno.ChildProcess> {
  const deno = [Deno.execPath(), "run", "--no-check", "--allow-all", "-"];
  const child = new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 100 && exec "$@"', "sh", ...deno],
    cwd: new URL("..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  return child;
}
