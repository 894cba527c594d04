/** HTTP servers and connections, from Deno. */
import { connect } from "./deno_connect.ts";
import { describe } from "./describe.ts";
import {
  type HttpServer,
  type ListenAddress,
  ListenError,
  type Network,
  type RequestHandler,
  type ServeOptions,
} from "./effects.ts";
import { loggerOf } from "./logging.ts";

const DEFAULT_MODE = 0o660;
const log = loggerOf("http");

export const denoNetwork: Network = {
  async serveHttp(address, handler, options = {}) {
    try {
      return address.transport === "unix"
        ? await serveUnix(address.path, handler, options)
        : serveTcp(address.hostname, address.port, handler, options);
    } catch (cause) {
      throw new ListenError(nameOf(address), { cause });
    }
  },
  connect,
};

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
  const { addr } = server;
  const actual: ListenAddress = { transport: "tcp", hostname, port: "port" in addr ? addr.port : port };
  return { address: actual, finished: finishOf(server), close: () => close(server, stop) };
}

/** `::` listens on v4 as well; both at once would be refused as one address used twice. */
function onAllAddresses<Server>(serve: (hostname: string) => Server): Server {
  try {
    return serve("::");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) throw error;
    // A kernel without IPv6.
    return serve("0.0.0.0");
  }
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

function common() {
  return {
    onListen: () => {},
    onError: (error: unknown) => {
      log.error("A request could not be answered: {error}", { error: describe(error) });
      return new Response("Internal error\n", { status: 500 });
    },
  };
}

/** A server that fails must not end the daemon by a rejection that nobody took: not all look at `finished`. */
function finishOf(server: Deno.HttpServer): Promise<void> {
  server.finished.catch(() => {});
  return server.finished;
}

/**
 * Ends at once what is under way: clients that never finish must not hold up the end of the daemon. `shutdown()` would
 * wait for them, and leave them connected when nobody waits any more.
 */
async function close(server: Deno.HttpServer, stop: AbortController): Promise<void> {
  stop.abort();
  await server.finished.catch(() => {});
}

/**
 * A socket that nobody listens on is left by a daemon that was killed; one that answers is somebody else's. Anything
 * but a socket stays, and makes listening fail.
 */
async function removeStale(path: string): Promise<void> {
  const there = await Deno.lstat(path).catch(() => undefined);
  if (there?.isSocket !== true) return;
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
