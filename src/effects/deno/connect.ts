/** Connections to servers, from Deno. */
import { ConnectError, type Connection, type ServerAddress } from "../effects.ts";

/** See `Network.connect`. */
export async function connect(address: ServerAddress, signal: AbortSignal): Promise<Connection> {
  try {
    return await (address.transport === "unix"
      ? open(Deno.connect(address), signal)
      : openTcp(address.hostname, address.port, signal));
  } catch (cause) {
    throw new ConnectError(nameOf(address), { cause });
  }
}

/** If `localhost` has both addresses, Deno 2.4 tries only the first; a server on the other would not be found. */
async function openTcp(hostname: string, port: number, signal: AbortSignal): Promise<Connection> {
  if (hostname !== "localhost") return await open(Deno.connect({ hostname, port }), signal);
  try {
    return await open(Deno.connect({ hostname: "127.0.0.1", port }), signal);
  } catch (error) {
    // If both fail, the first error is the one people expect.
    return await open(Deno.connect({ hostname: "::1", port }), signal).catch(() => Promise.reject(error));
  }
}

async function open(connecting: Promise<Deno.Conn>, signal: AbortSignal): Promise<Connection> {
  const given = Promise.withResolvers<never>();
  const giveUp = () => given.reject(signal.reason);
  signal.addEventListener("abort", giveUp);
  if (signal.aborted) giveUp();
  try {
    return wrap(await Promise.race([connecting, given.promise]));
  } catch (error) {
    // Deno cannot cancel a connection attempt: a late connection is closed.
    connecting.then((late) => late.close(), () => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function wrap(conn: Deno.Conn): Connection {
  const writer = conn.writable.getWriter();
  let isClosed = false;
  return {
    received: conn.readable,
    send: (bytes) => writer.write(bytes),
    close() {
      if (isClosed) return;
      isClosed = true;
      writer.abort().catch(() => {});
      try {
        conn.close();
      } catch (error) {
        // Reading to the end has closed it already.
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    },
  };
}

function nameOf(address: ServerAddress): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  const { hostname, port } = address;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
