/** systemd's notify socket (sd_notify(3)), from Deno. */
import type { Notifier } from "./effects.ts";

/** When there is nobody to tell. */
export const silentNotifier: Notifier = { send: () => Promise.resolve() };

/**
 * Opens the socket named by NOTIFY_SOCKET. Deno's datagram sockets need a path of their own to send from: a file in
 * `directory`, which is made if need be. `complain` is told, once, if systemd cannot be reached.
 */
export async function openNotifier(
  socket: string,
  directory: string,
  complain: (reason: unknown) => void,
): Promise<Notifier> {
  // An abstract socket: a leading @ stands for the NUL byte.
  const path = socket.startsWith("@") ? `\0${socket.slice(1)}` : socket;
  const own = `${directory}/notify.${Deno.pid}.sock`;
  try {
    await Deno.mkdir(directory, { recursive: true });
    await Deno.remove(own).catch(() => {});
    const connection = Deno.listenDatagram({ transport: "unixpacket", path: own });
    const encoder = new TextEncoder();
    let complained = false;
    return {
      async send(message) {
        try {
          await connection.send(encoder.encode(message), { transport: "unixpacket", path });
        } catch (error) {
          if (!complained) complain(error);
          complained = true;
        }
      },
    };
  } catch (error) {
    complain(error);
    return silentNotifier;
  }
}
