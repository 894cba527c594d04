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
  // `::` listens on v4 as well; both at once would be refused as one address used twice.
  const server = Deno.serve({ ...common(), hostname: hostname ?? "::", port, ...tls }, handler);
  const { addr } = server;
  const actual: ListenAddress = { transport: "tcp", hostname, port: "port" in addr ? addr.port : port };
  return { address: actual, close: () => close(server) };
}

async function serveUnix(path: string, handler: RequestHandler, { mode }: ServeOptions): Promise<HttpServer> {
  await removeStale(path);
  const server = Deno.serve({ ...common(), path }, handler);
  await Deno.chmod(path, mode ?? DEFAULT_MODE);
  return {
    address: { transport: "unix", path },
    async close() {
      await close(server);
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

/** Ends at once what is under way: clients that never finish must not hold up the end of the daemon. */
async function close(server: Deno.HttpServer): Promise<void> {
  server.unref();
  await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, GRACE_MS))]);
}

/** How long requests under way may take when a server closes. */
const GRACE_MS = 100;

/** A socket that nobody listens on is left by a daemon that was killed; one that answers is somebody else's. */
async function removeStale(path: string): Promise<void> {
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
