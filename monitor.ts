/** The monitor thread: what main.ts is for the deciding one. Wires the part of the real world that it may see. */
import { PLUGINS } from "./plugins/mod.ts";
import { describe } from "./src/effects/describe.ts";
import { takeWatchersGroup } from "./src/effects/deno/watchers_group.ts";
import { forwardLogs } from "./src/logging/logging.ts";
import { Monitor } from "./src/monitor/monitor.ts";
import { monitorEffects } from "./src/monitor/monitor_effects.ts";
import { wireOf } from "./src/monitor/port_wire.ts";
import type { FromMonitor, ToMonitor, Wire } from "./src/monitor/protocol.ts";

/** V8 ends the whole process when the heap of one thread is full. Before that this thread ends, and is started again. */
const MOST_HEAP_BYTES = 1024 * 1024 * 1024;
const POLL_INTERVAL_MS = 1_000;

const known = PLUGINS.filter(({ thread }) => thread === "monitor");

addEventListener("message", (event) => {
  const wire = wireOf<FromMonitor, ToMonitor>((event as MessageEvent<MessagePort>).data);
  let monitor: Monitor | undefined;
  wire.onMessage = (message) => {
    if (message.kind === "begin") monitor = begin(wire, message);
    monitor?.take(message);
  };
}, { once: true });

/** A thread before this one may have been killed. */
function tidyUp(folder: string | undefined): void {
  if (folder === undefined) return;
  for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`, { recursive: true });
}

function begin(
  wire: Wire<FromMonitor, ToMonitor>,
  { nodeEnvironment }: Extract<ToMonitor, { kind: "begin" }>,
): Monitor {
  const fail = (reason: string) => wire.send({ kind: "failed", reason });
  // Deno itself would print what nobody catches, and end the thread without a word to the other one.
  addEventListener("error", (event) => {
    event.preventDefault();
    fail(describe(event.error));
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(describe(event.reason));
  });
  setInterval(() => {
    const { heapUsed } = Deno.memoryUsage();
    if (heapUsed > MOST_HEAP_BYTES) {
      fail(`it uses ${heapUsed} bytes of memory, expected at most ${MOST_HEAP_BYTES}`);
    }
  }, POLL_INTERVAL_MS);
  tidyUp(nodeEnvironment.socketFolder);
  // The other thread has given it to the group.
  if (nodeEnvironment.socketFolder !== undefined) takeWatchersGroup(nodeEnvironment.socketFolder);
  return new Monitor(
    wire,
    monitorEffects(nodeEnvironment, Math.random),
    known,
    (level) => forwardLogs(level, (record) => wire.send({ kind: "log", record })),
  );
}
