import assert from "node:assert/strict";
import { connect } from "./connect.ts";
import { ConnectError, type Connection, type ServerAddress } from "../effects.ts";
import { describe } from "../describe.ts";

function real(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn });
}

const never = new AbortController().signal;

/** A server that says back what it hears, until the client ends. */
function echo(listener: Deno.Listener): Promise<void> {
  return (async () => {
    for await (const connection of listener) await connection.readable.pipeTo(connection.writable);
  })().catch(() => {});
}

/** Sends `text`, reads as much, and closes. */
async function exchange(connection: Connection, text: string): Promise<string> {
  await connection.send(new TextEncoder().encode(text));
  const reader = connection.received.getReader();
  const { value } = await reader.read();
  connection.close();
  connection.close();
  await reader.read().catch(() => {});
  return new TextDecoder().decode(value);
}

for (const hostname of ["127.0.0.1", "localhost"]) {
  real(`connect() reaches a server at ${hostname}`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const echoing = echo(listener);
    const address: ServerAddress = { transport: "tcp", hostname, port: listener.addr.port };
    assert.equal(await exchange(await connect(address, never), "hello"), "hello");
    listener.close();
    await echoing;
  });
}

real("connect() reaches a server on ::1 by the name localhost", async () => {
  const listener = Deno.listen({ hostname: "::1", port: 0 });
  const echoing = echo(listener);
  const address: ServerAddress = { transport: "tcp", hostname: "localhost", port: listener.addr.port };
  assert.equal(await exchange(await connect(address, never), "hello"), "hello");
  listener.close();
  await echoing;
});

real("connect() reaches a server on a unix socket", async () => {
  const directory = await Deno.makeTempDir({ prefix: "drbdd-connect-" });
  const path = `${directory}/master`;
  const listener = Deno.listen({ transport: "unix", path });
  const echoing = echo(listener);
  assert.equal(await exchange(await connect({ transport: "unix", path }, never), "hello"), "hello");
  listener.close();
  await echoing;
  await Deno.remove(directory, { recursive: true });
});

real("connect() says where nobody answers, and why", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  for (const hostname of ["127.0.0.1", "localhost"]) {
    await assert.rejects(connect({ transport: "tcp", hostname, port }, never), (error: unknown) => {
      assert.ok(error instanceof ConnectError);
      assert.match(
        describe(error),
        new RegExp(`^Cannot connect to ${hostname}:${port}: Connection refused`),
      );
      return true;
    });
  }
  await assert.rejects(
    connect({ transport: "unix", path: "/nonexistent/master" }, never),
    /^ConnectError: Cannot connect to unix:\/nonexistent\/master$/,
  );
});

real("connect() gives up when its signal aborts", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address: ServerAddress = { transport: "tcp", hostname: "127.0.0.1", port: listener.addr.port };
  const accepted = listener.accept();
  await assert.rejects(connect(address, AbortSignal.abort("exit")), (error: unknown) => {
    assert.equal(describe(error), `Cannot connect to 127.0.0.1:${listener.addr.port}: exit`);
    return true;
  });
  const connection = await accepted;
  assert.equal(await connection.read(new Uint8Array(1)), null);
  connection.close();
  listener.close();
});

real("a connection reports that the server closed it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const connection = await connect(
    { transport: "tcp", hostname: "127.0.0.1", port: listener.addr.port },
    never,
  );
  (await accepted).close();
  const reader = connection.received.getReader();
  assert.equal((await reader.read()).done, true);
  connection.close();
  await assert.rejects(connection.send(new Uint8Array(1)));
  listener.close();
});
