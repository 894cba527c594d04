/** Monitor threads, as Workers of Deno. */
import type { Needs } from "../effects/permissions.ts";
import type { MonitorThread, MonitorThreads } from "./thread.ts";
import type { FromKeeper, ToKeeper } from "./keeper_messages.ts";
import { wireOf } from "./port_wire.ts";
import type { FromMonitor, MonitorSettings, ToMonitor } from "./protocol.ts";

/** In a bundle all files are JavaScript and in one directory. */
const IS_BUNDLE = !import.meta.url.endsWith(".ts");
const KEEPER = new URL(IS_BUNDLE ? "./keeper.js" : "./keeper.ts", import.meta.url).href;
/** Threads read what they are made of, but in a compiled program, which has that in itself. */
const SOURCES = Deno.build.standalone ? [] : [new URL(IS_BUNDLE ? "." : "../..", import.meta.url).pathname];

/**
 * Starts the keeper of the threads, which has the network and the files that this thread may use now: whatever this one gives
 * back from here on, threads can be started with it. `url`: what a thread runs. `rightsFor` says what it needs.
 */
export function openMonitorThreads(
  url: string,
  rightsFor: (settings: MonitorSettings) => Needs,
): MonitorThreads {
  const keeper = new Worker(KEEPER, {
    type: "module",
    deno: { permissions: { ...NOTHING, net: "inherit", read: "inherit", write: "inherit" } },
  });
  const send = (message: ToKeeper, transfer: Transferable[] = []) => keeper.postMessage(message, transfer);
  const deaths = new Map<number, (reason: string) => void>();
  let count = 0;
  keeper.onmessage = ({ data }: MessageEvent<FromKeeper>) => deaths.get(data.id)?.(data.reason);
  let failure: string | undefined;
  keeper.onerror = (event) => {
    event.preventDefault();
    failure = `its keeper failed: ${event.message}`;
    for (const die of [...deaths.values()]) die(failure);
  };
  return {
    start(settings) {
      if (failure !== undefined) throw new Error(failure);
      const id = ++count;
      const { port1, port2 } = new MessageChannel();
      const wire = wireOf<ToMonitor, FromMonitor>(port1);
      const thread: MonitorThread = Object.assign(wire, {
        onDeath: () => {},
        end() {
          deaths.delete(id);
          port1.close();
          send({ kind: "end", id });
        },
      });
      deaths.set(id, (reason) => thread.onDeath(reason));
      send({ kind: "start", id, url, permissions: permissionsFor(rightsFor(settings)), port: port2 }, [
        port2,
      ]);
      return thread;
    },

    suffices(before, now) {
      const [had, needs] = [rightsFor(before), rightsFor(now)];
      const isIn = (some: readonly string[] = [], all: readonly string[] = []) =>
        some.every((each) => all.includes(each));
      return isIn(needs.read, had.read) && isIn(needs.write, had.write);
    },
  };
}

const NOTHING = { run: false, env: false, sys: false, ffi: false, import: false } as const;

/** Nothing is run there, whatever a plugin needs: the deciding thread does that. */
function permissionsFor({ read = [], write = [], net = false }: Needs): Deno.PermissionOptionsObject {
  return { ...NOTHING, net, read: [...read, ...SOURCES], write: [...write] };
}
