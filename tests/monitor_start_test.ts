/** When the first thread of the monitor is opened: its start takes time from what the first services are started by. */
import assert from "node:assert/strict";
import type { Plugin, PluginEntry } from "../src/daemon/plugins/plugin.ts";
import { aborted } from "../src/effects/waiting/aborted.ts";
import { AppWorld } from "./support/trials/app_world.ts";
import { localThreads } from "./support/trials/local_threads.ts";
import { settle } from "./support/simulated/simulated_clock.ts";
import type { Role } from "./support/simulated/simulated_processes.ts";

const SHOWN = "[[prometheus]]\n";
const NOT_SHOWN = "";

class Trial {
  /** Resources that the monitor knew when it began, for each time that it did. */
  readonly known: string[][] = [];
  opened = 0;
  /** Why threads cannot be opened. */
  failure: Error | undefined;
  readonly world: AppWorld;
  readonly #roles: Role[] = [];

  constructor() {
    const plugin: Plugin<unknown> = {
      name: "prometheus",
      run: async (_config, { resource, signal }) => {
        this.known.push(["web"].filter((name) => resource(name) !== undefined));
        await aborted(signal);
      },
    };
    const plugins: PluginEntry[] = [{
      name: "prometheus",
      thread: "monitor",
      load: () => Promise.resolve(plugin),
    }];
    this.world = new AppWorld(plugins, undefined, (rightsFor) => {
      this.opened++;
      if (this.failure !== undefined) return Promise.reject(this.failure);
      return localThreads(this.world.effects, plugins)(rightsFor);
    });
    this.world.effects.processes.install("drbdsetup", (role) => {
      role.onEndOfInput = () => role.exit(0);
      this.#roles.push(role);
    });
  }

  async run(config: string, meanwhile: () => Promise<void>): Promise<void> {
    assert.equal(await this.world.run(config, meanwhile), 0);
  }

  advance(ms: number): Promise<void> {
    return this.world.effects.clock.advance(ms);
  }

  /** drbdsetup prints its dump, with which the daemon is ready. */
  async dump(): Promise<void> {
    await settle();
    this.#roles.at(-1)?.print("exists resource name:web role:Secondary\nexists -\n");
    await settle();
  }

  async reload(config: string): Promise<void> {
    await this.world.write(config);
    await this.world.app.reload();
  }
}

Deno.test("the monitor thread is opened 0.1 s after the daemon is ready, and knows what drbdsetup had printed", async () => {
  const trial = new Trial();
  await trial.run(SHOWN, async () => {
    await trial.advance(5_000);
    assert.equal(trial.opened, 0);
    await trial.dump();
    await trial.advance(90);
    assert.equal(trial.opened, 0);
    await trial.advance(10);
    assert.equal(trial.opened, 1);
    assert.deepEqual(trial.known, [["web"]]);
  });
});

Deno.test("the monitor thread is opened without drbdsetup as well, as the daemon is ready after 12 s", async () => {
  const trial = new Trial();
  await trial.run(SHOWN, async () => {
    await trial.advance(12_100);
    assert.equal(trial.opened, 1);
    assert.deepEqual(trial.known, [[]]);
  });
});

Deno.test("a reload before the daemon is ready does not wait for the monitor thread, which does what it says", async () => {
  const trial = new Trial();
  await trial.run(NOT_SHOWN, async () => {
    await settle();
    await trial.reload(SHOWN);
    assert.equal(trial.opened, 0);
    await trial.reload(NOT_SHOWN);
    await trial.dump();
    await trial.advance(1_000);
    assert.equal(trial.opened, 0);
    await trial.reload(NOT_SHOWN);
    const reloaded = trial.reload(SHOWN);
    await trial.advance(100);
    await reloaded;
    assert.equal(trial.opened, 1);
    assert.deepEqual(trial.known, [["web"]]);
  });
});

Deno.test("a monitor thread that cannot be opened is tried again at the next reload, and nothing else fails", async () => {
  const trial = new Trial();
  trial.failure = new Error("no threads left");
  await trial.run(SHOWN, async () => {
    await trial.dump();
    await trial.advance(100);
    assert.match(
      trial.world.said,
      /Cannot start the monitor thread; trying again at the next reload.*: no threads left/,
    );
    trial.failure = undefined;
    const reloaded = trial.reload(SHOWN);
    await trial.advance(100);
    await reloaded;
    assert.deepEqual(trial.known, [["web"]]);
  });
});

Deno.test("no monitor thread is opened by a daemon that ends", async () => {
  const trial = new Trial();
  await trial.run(SHOWN, trial.dump.bind(trial));
  assert.equal(trial.opened, 0);
  assert.match(trial.world.said, /drbdd has stopped/);
});
