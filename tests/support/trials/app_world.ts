/** drbdd with its configuration, in memory. */
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { App } from "../../../src/app/app.ts";
import type { OpenThreads } from "../../../src/app/monitor_part.ts";
import type { PluginEntry } from "../../../src/daemon/plugins/plugin.ts";
import { localThreads } from "./local_threads.ts";
import { SimulatedEffects } from "../simulated/simulated_effects.ts";
import { SimulatedLocks } from "../simulated/simulated_locks.ts";
import { SimulatedPermissions } from "../simulated/simulated_permissions.ts";

export const CONFIG = "/etc/drbdd.toml";

export class AppWorld {
  readonly effects = new SimulatedEffects();
  readonly permissions;
  readonly locks = new SimulatedLocks(this.effects.files);
  readonly stop = new AbortController();
  /** What went to standard error. */
  said = "";
  readonly app;

  /** `writable`: what the sandbox lets be written, if not all. `openThreads` opens the monitor's threads. */
  constructor(plugins: readonly PluginEntry[], writable?: readonly string[], openThreads?: OpenThreads) {
    this.permissions = new SimulatedPermissions(writable);
    const stderr = { form: "plain" as const, write: (lines: string) => void (this.said += lines) };
    const known = { schemas: PLUGIN_SCHEMAS, plugins };
    this.app = new App(
      this.effects,
      this.permissions,
      this.locks,
      CONFIG,
      known,
      stderr,
      openThreads ?? localThreads(this.effects, plugins),
    );
  }

  /** Writes the configuration. */
  async write(text: string): Promise<void> {
    await this.effects.files.makeDirectory("/etc");
    await this.effects.files.writeTextAtomic(CONFIG, text);
  }

  /** Runs the daemon with this configuration while `meanwhile` runs, then stops it. Returns its exit code. */
  async run(text: string, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<number> {
    await this.write(text);
    const over = this.app.run(this.stop.signal);
    while (!this.said.includes("runs on node") && !/not started/i.test(this.said)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await meanwhile();
    this.stop.abort();
    await this.effects.clock.advance(10_000);
    return await over;
  }
}
