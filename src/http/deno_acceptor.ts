/** Accepts clients from a listener while it is open. */
import { type Connections, isExhaustion } from "./connections.ts";
import { denoClock } from "../effects/deno/clock.ts";

const SWEEP_EVERY_MS = 5_000;
/** Pause after a failed accept. */
const PAUSE_MS = 50;
/** Maximum number of accepts in a row when it is crowded. The kernel drops those that wait too long. */
const MOST_AT_ONCE = 16;

export interface Acceptor {
  /** Accepts no more clients, and closes the present connections. Never rejects. */
  close(): Promise<void>;
}

export function startAcceptor(listener: Deno.Listener, connections: Connections): Acceptor {
  const stop = new AbortController();
  const sweeper = setInterval(() => connections.sweep(), SWEEP_EVERY_MS);
  const taking = takeIn(listener, connections, stop.signal);
  return {
    async close() {
      stop.abort();
      clearInterval(sweeper);
      listener.close();
      await taking;
    },
  };
}

async function takeIn(listener: Deno.Listener, connections: Connections, stop: AbortSignal): Promise<void> {
  const serving = new Set<Promise<void>>();
  let takenIn = 0;
  while (!stop.aborted) {
    try {
      const client = await listener.accept();
      hurry(client);
      const served = connections.serve(client).finally(() => serving.delete(served));
      serving.add(served);
      // A crowd must not come in before those that are in could say what they want.
      if (connections.isCrowded && ++takenIn % MOST_AT_ONCE === 0) await denoClock.nextTurn();
    } catch (error) {
      if (stop.aborted) break;
      if (isExhaustion(error) && connections.size > 0) connections.shrink();
      // What was let go is closed then.
      await denoClock.sleep(PAUSE_MS, stop);
    }
  }
  connections.closeAll();
  await Promise.all(serving);
}

/** What is small and ready shall not wait for more. */
function hurry(client: Deno.Conn): void {
  try {
    if ("setNoDelay" in client) (client as Deno.TcpConn).setNoDelay();
  } catch {
    // The client has gone already.
  }
}
