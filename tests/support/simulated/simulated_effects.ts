/** A whole world for a daemon or a plugin, in memory and under a simulated clock. */
import type { Effects } from "../../../src/effects/effects.ts";
import { MemoryFiles } from "./memory_files.ts";
import { SimulatedClock } from "./simulated_clock.ts";
import { SimulatedNetwork } from "./simulated_network.ts";
import { SimulatedProcesses } from "./simulated_processes.ts";

export class SimulatedEffects implements Effects {
  readonly clock = new SimulatedClock();
  readonly processes = new SimulatedProcesses(this.clock);
  readonly files = new MemoryFiles(() => this.clock.wallMs());
  readonly network = new SimulatedNetwork();
  /** HTTP servers that run, by address; a test asks their handlers itself. */
  readonly servers = this.network.httpServers;
  /** The notifications sent to systemd. */
  readonly notified: string[] = [];
  readonly notifier = {
    send: (message: string): Promise<void> => {
      this.notified.push(message);
      return Promise.resolve();
    },
    close: (): Promise<void> => Promise.resolve(),
  };
  /** What the process uses; a test sets it. */
  usage = { startedMs: 0, residentBytes: 50_000_000, cpuSeconds: 1.5, openFiles: 20 as number | undefined };
  readonly variables = new Map<string, string>([["PATH", "/usr/bin"]]);
  readonly pid = 4711;

  constructor(readonly name = "alpha", readonly random: () => number = () => 0.5) {}

  ownProcess() {
    return Promise.resolve({
      usage: () => this.usage,
      openFiles: () => Promise.resolve(this.usage.openFiles),
    });
  }

  nodeName(): string {
    return this.name;
  }

  environment(name: string): string | undefined {
    return this.variables.get(name);
  }
}
