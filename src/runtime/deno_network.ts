/** HTTP servers, from Deno. */
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
};

function serveTcp(
  hostname: string | undefined,
  port: number,
  handler: RequestHandler,
  { tls }: ServeOptions,
): HttpServer {
  const stop = new AbortController();
  // `::` listens on v4 as well; both at once would be refused as one address used twice.
  const where = { hostname: hostname ?? "::", port, signal: stop.signal };
  const server = Deno.serve({ ...common(), ...where, ...tls }, handler);
  const { addr } = server;
  const actual: ListenAddress = { transport: "tcp", hostname, port: "port" in addr ? addr.port : port };
  return { address: actual, close: () => close(server, stop) };
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
