/** HTTP servers and connections, from Deno. */
import { Connections } from "./connections.ts";
import { connect } from "../effects/deno/connect.ts";
import { giveToWatchers } from "../effects/deno/watchers_group.ts";
import { startAcceptor } from "./deno_acceptor.ts";
import { describe } from "../effects/describe.ts";
import {
  ClientFault,
  type HttpServer,
  type ListenAddress,
  ListenError,
  type Network,
  type RequestHandler,
  type ServeOptions,
} from "../effects/effects.ts";
import { actualAddress, onAllAddresses, withFamilyHint } from "../effects/deno/ip_families.ts";
import { loggerOf } from "../logging/logging.ts";
import { released } from "./released_body.ts";

const DEFAULT_MODE = 0o660;
const log = loggerOf("http");

/** The network; `folder` is where servers may put sockets of their own, the system's place for temporary files by default. */
export function denoNetworkIn(folder?: string): Network {
  return {
    async serveHttp(address, handler, options = {}) {
      try {
        const { mostClients } = options;
        if (mostClients !== undefined) {
          return await serveBounded(address, handler, { ...options, mostClients, folder });
        }
        return address.transport === "unix"
          ? await serveUnix(address.path, handler, options)
          : serveTcp(address.hostname, address.port, handler, options);
      } catch (cause) {
        throw new ListenError(nameOf(address), { cause: withFamilyHint(cause, address) });
      }
    },
    connect,
  };
}

export const denoNetwork: Network = denoNetworkIn();

function serveTcp(
  hostname: string | undefined,
  port: number,
  handler: RequestHandler,
  { tls }: ServeOptions,
): HttpServer {
  const stop = new AbortController();
  const serve = (hostname: string) =>
    Deno.serve({ ...common(), hostname, port, signal: stop.signal, ...tls }, handler);
  const server = hostname === undefined ? onAllAddresses(serve) : serve(hostname);
  const actual = actualAddress({ transport: "tcp", hostname, port }, server.addr);
  return { address: actual, finished: finishOf(server), close: () => close(server, stop) };
}

interface BoundedOptions extends ServeOptions {
  readonly mostClients: number;
  readonly folder: string | undefined;
}

/**
 * Deno's server on a private socket, behind a listener that limits the number of clients; Deno's server itself accepts
 * any number.
 */
async function serveBounded(
  address: ListenAddress,
  handler: RequestHandler,
  { tls, mode, mostClients, folder: within }: BoundedOptions,
): Promise<HttpServer> {
  const folder = await privateFolder(within);
  const path = `${folder}/socket`;
  const inner = await serveUnix(path, async (request) => released(await handler(request)), { mode: 0o600 });
  const tidyUp = async () => {
    await inner.close();
    await Deno.remove(folder).catch(() => {});
  };
  try {
    const listener = await listen(address, tls, mode);
    const connect = () => Deno.connect({ transport: "unix", path });
    const shrunk = (most: number) =>
      log.warn("Out of file descriptors: {address} now serves at most {most} clients at a time", {
        address: nameOf(address),
        most,
      });
    const connections = new Connections(mostClients, connect, () => performance.now(), shrunk);
    const front = startAcceptor(listener, connections);
    return {
      address: actualAddress(address, listener.addr),
      finished: inner.finished,
      async close() {
        await front.close();
        await tidyUp();
        if (address.transport === "unix") await Deno.remove(address.path).catch(() => {});
      },
    };
  } catch (error) {
    await tidyUp();
    throw error;
  }
}

/** A new folder that only this user can look into. */
function privateFolder(dir: string | undefined): Promise<string> {
  return Deno.makeTempDir({ prefix: "http-", ...(dir === undefined ? {} : { dir }) });
}

async function listen(
  address: ListenAddress,
  tls: ServeOptions["tls"],
  mode = DEFAULT_MODE,
): Promise<Deno.Listener> {
  if (address.transport === "tcp") {
    const { hostname, port } = address;
    const listenOn = (hostname: string) =>
      tls === undefined ? Deno.listen({ hostname, port }) : Deno.listenTls({ hostname, port, ...tls });
    return hostname === undefined ? onAllAddresses(listenOn) : listenOn(hostname);
  }
  const { path } = address;
  await removeStale(path);
  const listener = Deno.listen({ transport: "unix", path });
  try {
    await giveToWatchers(path);
    await Deno.chmod(path, mode);
  } catch (error) {
    listener.close();
    throw error;
  }
  return listener;
}

async function serveUnix(path: string, handler: RequestHandler, { mode }: ServeOptions): Promise<HttpServer> {
  await removeStale(path);
  const stop = new AbortController();
  const server = Deno.serve({ ...common(), path, signal: stop.signal }, handler);
  try {
    await Deno.chmod(path, mode ?? DEFAULT_MODE);
  } catch (error) {
    await close(server, stop);
    throw error;
  }
  return {
    address: { transport: "unix", path },
    finished: finishOf(server),
    async close() {
      await close(server, stop);
      await Deno.remove(path).catch(() => {});
    },
  };
}

/** What goes wrong for one client may go wrong for each of many, as often as they ask. */
const COMPLAIN_EVERY_MS = 60_000;

function common() {
  let complainedMs = -Infinity;
  return {
    onListen: () => {},
    onError: (error: unknown) => {
      const nowMs = performance.now();
      if (!(error instanceof ClientFault) && nowMs - complainedMs >= COMPLAIN_EVERY_MS) {
        complainedMs = nowMs;
        log.error("Cannot answer a request: {error}", { error: describe(error) });
      }
      return new Response("Internal error\n", { status: 500 });
    },
  };
}

/** A server that fails must not end the daemon by an unhandled rejection: not every caller awaits `finished`. */
function finishOf(server: Deno.HttpServer): Promise<void> {
  server.finished.catch(() => {});
  return server.finished;
}

/**
 * Ends all requests at once: clients that never finish must not delay the end of the daemon. `shutdown()` would wait
 * for them.
 */
async function close(server: Deno.HttpServer, stop: AbortController): Promise<void> {
  stop.abort();
  await server.finished.catch(() => {});
}

/**
 * A socket without a listener was left by a daemon that was killed; one that answers belongs to another process.
 * Rejects if the path is not a socket.
 */
async function removeStale(path: string): Promise<void> {
  const there = await Deno.lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (there.isSocket !== true) throw new Error("the path exists and is not a socket");
  try {
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path);
  }
}

function nameOf(address: ListenAddress): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  const host = address.hostname ?? "";
  return `${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
