/** systemd's notify socket (sd_notify(3)), from Deno. */
import { denoClock } from "./clock.ts";
import { describe } from "../describe.ts";
import type { Notifier } from "../effects.ts";

/** When there is nobody to tell. */
export const silentNotifier: Notifier = { send: () => Promise.resolve(), close: () => Promise.resolve() };

/** systemd's default place for what a service keeps while it runs. */
const RUNTIME_DIRECTORY = "/run/drbdd";
/** Messages that wait while systemd takes none: signs of life and lines of status, worth nothing when they are old. */
const MOST_WAITING = 100;
/** What systemd has not taken by then it will not take. */
const CLOSE_WITHIN_MS = 100;

/**
 * Opens the socket that NOTIFY_SOCKET names, if it is set. Deno's datagram sockets need a path of their own to send
 * from: a file in RUNTIME_DIRECTORY. `complain` is told in words if systemd cannot be reached, once; the daemon works
 * without, but systemd then does not know it is ready.
 */
export async function notifierFromEnvironment(
  complain: (problem: string) => void,
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Promise<Notifier> {
  const socket = environment("NOTIFY_SOCKET");
  if (socket === undefined || socket === "") return silentNotifier;
  const directory = environment("RUNTIME_DIRECTORY")?.split(":")[0] ?? RUNTIME_DIRECTORY;
  let isReported = false;
  const report = (error: unknown) => {
    if (!isReported) complain(`Cannot tell systemd how the daemon is, through ${socket}: ${describe(error)}`);
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
  // An abstract socket: a leading @ stands for the NUL byte.
  const path = socket.startsWith("@") ? `\0${socket.slice(1)}` : socket;
  const own = `${directory}/notify.${Deno.pid}.sock`;
  await Deno.mkdir(directory, { recursive: true });
  await Deno.remove(own).catch(() => {});
  const connection = Deno.listenDatagram({ transport: "unixpacket", path: own });
  const encoder = new TextEncoder();
  // Deno refuses to send on a socket that is just sending: messages go one after the other.
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
        report(new Error(`it takes no messages, and ${MOST_WAITING} wait already`));
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
