import assert from "node:assert/strict";
import { describe } from "../effects/describe.ts";
import { denoNetwork } from "./deno_network.ts";
import { ClientFault, type ListenAddress, ListenError, type ServeOptions } from "../effects/effects.ts";
import { type LogStream, startLogging } from "../logging/logging.ts";

const LOOPBACK: ListenAddress = { transport: "tcp", hostname: "127.0.0.1", port: 0 };

/** Without a bound, and with one that is not reached. */
const BOUNDS: [string, ServeOptions][] = [["", {}], [" with a bound", { mostClients: 10 }]];

function real(name: string, fn: (options: ServeOptions) => Promise<void>): void {
  for (const [bound, options] of BOUNDS) {
    Deno.test({ name: name + bound, sanitizeOps: true, sanitizeResources: true, fn: () => fn(options) });
  }
}

async function inDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "drbdd-network-" });
  try {
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What is there to read until the other side closes. */
async function readAll(connection: Deno.Conn): Promise<string> {
  let text = "";
  const bytes = new Uint8Array(4096);
  try {
    for (;;) {
      const count = await connection.read(bytes);
      if (count === null) return text;
      text += new TextDecoder().decode(bytes.subarray(0, count));
    }
  } catch {
    // A reset is an end as well.
    return text;
  }
}

async function connectTo(address: ListenAddress): Promise<Deno.Conn> {
  assert.ok(address.transport === "tcp");
  return await Deno.connect({ hostname: "127.0.0.1", port: address.port });
}

real("serveHttp() answers on the port that the system chose", async (options) => {
  const server = await denoNetwork.serveHttp(LOOPBACK, () => new Response("hello"), options);
  assert.ok(server.address.transport === "tcp" && server.address.port > 0);
  const response = await fetch(`http://127.0.0.1:${server.address.port}/`);
  assert.equal(await response.text(), "hello");
  await server.close();
});

real("serveHttp() says which address cannot be had", async (options) => {
  const server = await denoNetwork.serveHttp(LOOPBACK, () => new Response(), options);
  const again = denoNetwork.serveHttp(server.address, () => new Response(), options);
  await assert.rejects(
    again,
    (error: unknown) =>
      error instanceof ListenError && /^Cannot listen on 127\.0\.0\.1:\d+$/.test(error.message),
  );
  await server.close();
});

real(
  "serveHttp() logs no fault of a client, and what else goes wrong once a minute at the most",
  async (options) => {
    const lines: string[] = [];
    const stream: LogStream = { form: "plain", write: (line) => void lines.push(line) };
    await startLogging([{ level: "info" }], stream);
    const failing = (error: Error) =>
      new Response(
        new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new Uint8Array(10)),
          pull: (controller) => controller.error(error),
        }),
      );
    const faults: Error[] = [new ClientFault("too slow"), new ClientFault("too slow")];
    const server = await denoNetwork.serveHttp(LOOPBACK, () => {
      const fault = faults.pop();
      if (fault !== undefined) return failing(fault);
      throw new Error("one of many");
    }, options);
    for (let count = 0; count < 2; count++) {
      const client = await connectTo(server.address);
      await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
      await readAll(client);
      client.close();
    }
    assert.deepEqual([faults, lines], [[], []]);
    const { address } = server;
    assert.ok(address.transport === "tcp");
    for (let count = 0; count < 3; count++) {
      const response: Response = await fetch(`http://127.0.0.1:${address.port}/`);
      assert.equal(response.status, 500);
      await response.text();
    }
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /error http: Cannot answer a request: one of many/);
    await server.close();
    await startLogging([], stream);
  },
);

real("close() ends idle connections, half requests and endless answers", async (options) => {
  let cancelled = false;
  const endless = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array([65])),
        cancel: () => {
          cancelled = true;
        },
      }),
    );
  const server = await denoNetwork.serveHttp(LOOPBACK, endless, options);
  const idle = await connectTo(server.address);
  const half = await connectTo(server.address);
  await half.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHo"));
  const busy = await connectTo(server.address);
  await busy.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await busy.read(new Uint8Array(10));
  await server.close();
  await Promise.all([idle, half, busy].map(readAll));
  for (const connection of [idle, half, busy]) connection.close();
  assert.equal(cancelled, true);
});

real("serveHttp() listens on a unix socket that owner and group may use, and removes it", async (options) => {
  await inDirectory(async (directory) => {
    const path = `${directory}/api.sock`;
    const server = await denoNetwork.serveHttp(
      { transport: "unix", path },
      () => new Response("hello"),
      options,
    );
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o660);
    const connection = await Deno.connect({ transport: "unix", path });
    await connection.write(
      new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    );
    assert.match(await readAll(connection), /hello$/);
    connection.close();
    await server.close();
    await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
  });
});

real("serveHttp() replaces a socket that nobody listens on", async (options) => {
  await inDirectory(async (directory) => {
    const path = `${directory}/api.sock`;
    // A socket whose owner was killed stays behind; renaming it keeps Deno from removing it.
    const killed = Deno.listen({ transport: "unix", path: `${path}.old` });
    await Deno.rename(`${path}.old`, path);
    killed.close();
    const server = await denoNetwork.serveHttp({ transport: "unix", path }, () => new Response(), options);
    await server.close();
  });
});

real("serveHttp() leaves a socket alone that somebody listens on", async (options) => {
  await inDirectory(async (directory) => {
    const path = `${directory}/api.sock`;
    const other = Deno.listen({ transport: "unix", path });
    await assert.rejects(
      denoNetwork.serveHttp({ transport: "unix", path }, () => new Response(), options),
      ListenError,
    );
    assert.equal((await Deno.lstat(path)).isSocket, true);
    other.close();
  });
});

real("serveHttp() does not touch a file that is no socket", async (options) => {
  await inDirectory(async (directory) => {
    const path = `${directory}/precious`;
    await Deno.writeTextFile(path, "data");
    await assert.rejects(
      denoNetwork.serveHttp({ transport: "unix", path }, () => new Response(), options),
      (error: unknown) =>
        error instanceof ListenError &&
        describe(error) === `Cannot listen on unix:${path}: the path exists and is not a socket`,
    );
    assert.equal(await Deno.readTextFile(path), "data");
  });
});

function bounded(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn });
}

bounded("serveHttp() with a bound serves those who ask, whoever else is there", async () => {
  const server = await denoNetwork.serveHttp(LOOPBACK, () => new Response("hello"), { mostClients: 20 });
  assert.ok(server.address.transport === "tcp");
  const crowd: Deno.Conn[] = [];
  for (let count = 0; count < 200; count++) {
    const client = await connectTo(server.address);
    if (count % 2 === 0) await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHo"));
    crowd.push(client);
  }
  const response = await fetch(`http://127.0.0.1:${server.address.port}/`);
  assert.equal(await response.text(), "hello");
  // The first that said nothing had to go.
  assert.equal(await readAll(crowd[1] as Deno.Conn), "");
  await server.close();
  for (const client of crowd) client.close();
});

bounded("serveHttp() with a bound refuses HTTP/2 that nobody agreed on", async () => {
  const server = await denoNetwork.serveHttp(LOOPBACK, () => new Response("hello"), { mostClients: 5 });
  assert.ok(server.address.transport === "tcp");
  const client = await connectTo(server.address);
  await client.write(new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  assert.match(await readAll(client), /^(HTTP\/1\.1 505 .*)?$/s);
  client.close();
  await server.close();
});

bounded(
  "serveHttp() with a bound sends a stream without end piece by piece, and hears when nobody wants more",
  async () => {
    const texts = ["one", "two", "three"];
    let cancelled = () => {};
    const isCancelled = new Promise<void>((resolve) => cancelled = resolve);
    const body = () =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          const text = texts.shift();
          // Nothing more comes until the client goes.
          if (text === undefined) await isCancelled;
          else controller.enqueue(new TextEncoder().encode(`data: ${text}\n\n`));
        },
        cancel: () => cancelled(),
      });
    const handler = () => new Response(body(), { headers: { "content-type": "text/event-stream" } });
    const server = await denoNetwork.serveHttp(LOOPBACK, handler, { mostClients: 5 });
    assert.ok(server.address.transport === "tcp");
    const response = await fetch(`http://127.0.0.1:${server.address.port}/`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("three")) text += (await reader?.read())?.value;
    assert.equal(text, "data: one\n\ndata: two\n\ndata: three\n\n");
    await reader?.cancel();
    await isCancelled;
    await server.close();
  },
);

bounded("serveHttp() with a bound encrypts", async () => {
  await inDirectory(async (directory) => {
    const certificate = await selfSigned(directory);
    const server = await denoNetwork.serveHttp(LOOPBACK, () => new Response("secret"), {
      mostClients: 5,
      tls: certificate,
    });
    assert.ok(server.address.transport === "tcp");
    const client = Deno.createHttpClient({ caCerts: [certificate.cert] });
    const response = await fetch(`https://localhost:${server.address.port}/`, { client });
    assert.equal(await response.text(), "secret");
    client.close();
    await server.close();
  });
});

bounded("serveHttp() with a bound passes a large answer on, as fast as the client reads", async () => {
  const piece = "x".repeat(1024 * 1024);
  const server = await denoNetwork.serveHttp(LOOPBACK, () => new Response(piece.repeat(8)), {
    mostClients: 5,
  });
  assert.ok(server.address.transport === "tcp");
  const response = await fetch(`http://127.0.0.1:${server.address.port}/`);
  assert.equal((await response.text()).length, 8 * piece.length);
  await server.close();
});

/** A certificate for localhost. */
async function selfSigned(directory: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [`${directory}/cert.pem`, `${directory}/key.pem`];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...[...subject, "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", cert],
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return { cert: await Deno.readTextFile(cert), key: await Deno.readTextFile(key) };
}
