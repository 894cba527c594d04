/** A whole world for a daemon or a plugin, in memory and under a simulated clock. */
import { type Effects, ListenError, type Network, type RequestHandler } from "../../src/runtime/effects.ts";
import { MemoryFiles } from "./memory_files.ts";
import { SimulatedClock } from "./simulated_clock.ts";
import { SimulatedProcesses } from "./simulated_processes.ts";

export class SimulatedEffects implements Effects {
  readonly clock = new SimulatedClock();
  readonly processes = new SimulatedProcesses(this.clock);
  readonly files = new MemoryFiles(() => this.clock.wallMs());
  /** Servers that run, by address; a test asks their handlers itself. */
  readonly servers = new Map<string, RequestHandler>();
  readonly network: Network = {
    serveHttp: (address, handler) => {
      const name = address.transport === "unix" ? address.path : `${address.hostname ?? ""}:${address.port}`;
      if (this.servers.has(name)) {
        return Promise.reject(new ListenError(name, { cause: new Error("Address in use") }));
      }
      this.servers.set(name, handler);
      return Promise.resolve({
        address,
        close: () => {
          this.servers.delete(name);
          return Promise.resolve();
        },
      });
    },
  };
  /** What systemd was told. */
  readonly notified: string[] = [];
  readonly notifier = {
    send: (message: string): Promise<void> => {
      this.notified.push(message);
      return Promise.resolve();
    },
    close: (): Promise<void> => Promise.resolve(),
  };
  readonly variables = new Map<string, string>([["PATH", "/usr/bin"]]);
  readonly pid = 4711;

  constructor(readonly name = "alpha", readonly random: () => number = () => 0.5) {}

  nodeName(): string {
    return this.name;
  }

  environment(name: string): string | undefined {
    return this.variables.get(name);
  }
}
