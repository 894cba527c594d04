/** A daemon with one plugin, in a simulated world, that is fed with lines of drbdsetup. */
import assert from "node:assert/strict";
import { Daemon } from "../../../src/daemon/daemon.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Plugin } from "../../../src/daemon/plugins/plugin.ts";
import { DUMP_END, dumpOf } from "../core/events2_text.ts";
import { LogRecorder } from "../simulated/log_recorder.ts";
import { settle } from "../simulated/simulated_clock.ts";
import { SimulatedEffects } from "../simulated/simulated_effects.ts";

/** As `drbdadm --version` prints it. */
export const VERSIONS = "DRBD_KERNEL_VERSION_CODE=0x09020e\nDRBDADM_VERSION_CODE=0x092200\n";

export class FedDaemon implements AsyncDisposable {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly daemon: Daemon;
  readonly #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();

  /** `real` replaces parts of the simulated world. */
  private constructor(plugin: Plugin<never>, config: unknown, real: Partial<Effects>) {
    this.effects.processes.install("drbdsetup", (role) => {
      role.onEndOfInput = () => role.exit(0);
    });
    this.effects.processes.install("drbdadm", (role) => {
      role.print(VERSIONS);
      role.exit(0);
    });
    const effects: Effects = new Proxy(this.effects, {
      get: (target, name) => Reflect.get(name in real ? real : target, name),
    });
    const settings = {
      statisticsPollIntervalMs: 60_000,
      instances: [{ plugin: plugin as Plugin<unknown>, config }],
    };
    this.daemon = new Daemon(effects, settings, this.log);
  }

  static async start(
    plugin: Plugin<never>,
    config: unknown,
    real: Partial<Effects> = {},
  ): Promise<FedDaemon> {
    const fed = new FedDaemon(plugin, config, real);
    fed.#over = fed.daemon.run(fed.#stop.signal);
    await settle();
    return fed;
  }

  /** Lets drbdsetup print lines, as one chunk. */
  async print(...lines: string[]): Promise<void> {
    const role = this.effects.processes.alive.find(({ argv }) => argv[0] === "drbdsetup")?.role;
    assert.ok(role, "drbdsetup does not run");
    role.print(lines.map((line) => `${line}\n`).join(""));
    await settle();
  }

  /** The dump of resources of these names, with one volume and one peer each. */
  async printDump(...names: string[]): Promise<void> {
    await this.print(...names.flatMap(dumpOf), DUMP_END);
  }

  /** Ends drbdsetup; it is started again after 0.2 s. */
  async killDrbdsetup(): Promise<void> {
    this.effects.processes.alive.find(({ argv }) => argv[0] === "drbdsetup")?.role.die("SIGKILL");
    await settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.effects.clock.advance(20_000);
    await this.#over;
    assert.deepEqual(this.effects.processes.alive, []);
    assert.equal(this.effects.clock.pendingTimers, 0);
  }
}
