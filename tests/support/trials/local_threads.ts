/** Monitor threads that run in this thread, on the effects of a test. */
import type { OpenThreads } from "../../../src/app/monitor_part.ts";
import type { PluginEntry } from "../../../src/daemon/plugins/plugin.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { MonitorThread } from "../../../src/monitor/thread.ts";
import { Monitor } from "../../../src/monitor/monitor.ts";

/** What is sent arrives as a copy, and not at once, as between real threads. */
export function localThreads(effects: Effects, plugins: readonly PluginEntry[]): OpenThreads {
  return () => Promise.resolve({ start: () => startLocally(effects, plugins), suffices: () => true });
}

export function startLocally(effects: Effects, plugins: readonly PluginEntry[]): MonitorThread {
  let isRunning = true;
  const deliver = <Message>(message: Message, take: (message: Message) => void) => {
    const copy = structuredClone(message);
    queueMicrotask(() => {
      if (isRunning) take(copy);
    });
  };
  const thread: MonitorThread = {
    send: (message) => deliver(message, (copy) => monitor.take(copy)),
    onMessage: () => {},
    onDeath: () => {},
    end: () => void (isRunning = false),
  };
  const monitor = new Monitor(
    { send: (message) => deliver(message, (copy) => thread.onMessage(copy)), onMessage: () => {} },
    effects,
    plugins,
  );
  return thread;
}
