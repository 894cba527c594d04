/** systemd's notify socket (sd_notify(3)), from Deno. */
import { runtimeDirectory } from "../own_folders.ts";
import { denoClock } from "./clock.ts";
import { describe } from "../describe.ts";
import type { Notifier } from "../effects.ts";

/** Used without systemd. */
export const silentNotifier: Notifier = { send: () => Promise.resolve(), close: () => Promise.resolve() };

/** systemd's default for the runtime directory of a service. */
const RUNTIME_DIRECTORY = "/run/drbdd";
/** Messages queued while systemd takes none: watchdog signals and status lines, which are worthless when old. */
const MOST_WAITING = 100;
/** Sending a message is given up after this. */
const CLOSE_WITHIN_MS = 100;

/**
 * Opens the socket in NOTIFY_SOCKET, if it is set. Deno's datagram sockets need a path of their own to send from: a file in
 * RUNTIME_DIRECTORY. `complain` is called once if systemd cannot be reached; the daemon works without it, but systemd then does not
 * know that it is ready.
 */
export async function notifierFromEnvironment(
  complain: (problem: string) => void,
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Promise<Notifier> {
  const socket = environment("NOTIFY_SOCKET");
  if (socket === undefined || socket === "") return silentNotifier;
  const directory = runtimeDirectory(environment) ?? RUNTIME_DIRECTORY;
  let isReported = false;
  const report = (error: unknown) => {
    if (!isReported) complain(`Cannot notify systemd through ${socket}: ${describe(error)}`);
    isReported = true;
  };
  try {
    return await openNotifier(socket, directory, report);
  } catch (error) {
    report(error);
    return silentNotifier;
  }
}

async function openNotifier(
  socket: string,
  directory: string,
  report: (error: unknown) => void,
): Promise<Notifier> {
  // A leading @ stands for the NUL byte of an abstract socket.
  const path = socket.startsWith("@") ? `\0${socket.slice(1)}` : socket;
  const own = `${directory}/notify.${Deno.pid}.sock`;
  await Deno.mkdir(directory, { recursive: true });
  await Deno.remove(own).catch(() => {});
  const connection = Deno.listenDatagram({ transport: "unixpacket", path: own });
  const encoder = new TextEncoder();
  // Deno refuses to send while another send is pending, so messages are sent one after the other.
  let sent: Promise<void> = Promise.resolve();
  let waiting = 0;
  const sendNow = async (message: string) => {
    try {
      await connection.send(encoder.encode(message), { transport: "unixpacket", path });
    } catch (error) {
      if (!isClosed) report(error);
    }
    waiting--;
  };
  let isClosed = false;
  return {
    send(message) {
      if (waiting >= MOST_WAITING) {
        report(new Error(`it accepts no messages, and ${MOST_WAITING} are queued`));
        return sent;
      }
      waiting++;
      sent = sent.then(() => sendNow(message));
      return sent;
    },
    async close() {
      const given = new AbortController();
      await Promise.race([sent, denoClock.sleep(CLOSE_WITHIN_MS, given.signal)]);
      given.abort();
      isClosed = true;
      connection.close();
      await Deno.remove(own).catch(() => {});
    },
  };
}
