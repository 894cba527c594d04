/** A process that has no file descriptors left, because clients hold them all. */
import assert from "node:assert/strict";

const SCRIPT = `
  import { denoNetwork } from "./src/runtime/deno_network.ts";
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

Deno.test({
  name:
    "an HTTP server that runs out of file descriptors says so, can be made anew, and does not end the process",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const deno = [Deno.execPath(), "run", "--no-check", "--allow-all", "-"];
    const child = new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 100 && exec "$@"', "sh", ...deno],
      cwd: new URL("..", import.meta.url),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(SCRIPT));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /^Error: Too many open files .*\nhello again\n$/);
  },
});
