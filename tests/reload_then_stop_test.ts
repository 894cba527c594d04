/** Reloads that come early, late or together: what the daemon does in the end is as the file says. */
import assert from "node:assert/strict";
import type { Plugin } from "../src/daemon/plugins/plugin.ts";
import { AppWorld } from "./support/trials/app_world.ts";

const text = { format: "text", resources: undefined };
const json = { format: "json", resources: undefined };
const configured = ({ format }: { format: string }) => `[[debugger]]\nformat = "${format}"\n`;

/** Notes the configurations of the instances that ended, with the reason they were given. */
class Trial {
  readonly ended: unknown[] = [];
  readonly world;

  constructor() {
    const noting: Plugin<unknown> = {
      name: "debugger",
      run: async (config, { signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        this.ended.push([config, signal.reason]);
      },
    };
    this.world = new AppWorld([{ name: "debugger", load: () => Promise.resolve(noting) }]);
  }

  /** Runs the daemon with format "text" while `meanwhile` runs. */
  async run(meanwhile: () => Promise<void>): Promise<void> {
    const code = await this.world.run(configured(text), async () => {
      // Plugins are loaded.
      await this.world.effects.clock.advance(10);
      await meanwhile();
    });
    assert.equal(code, 0);
  }
}

Deno.test("a stop right after a reload lets the reload be made", async () => {
  const trial = new Trial();
  const { world } = trial;
  await trial.run(async () => {
    await world.write(configured(json));
    void world.app.reload();
  });
  assert.deepEqual(trial.ended, [[text, "reload"], [json, "exit"]]);
  assert.match(world.said, /Configuration reloaded[^]*drbdd has stopped/);
});

Deno.test("a reload that is requested right after the stop is done as well: signals come in any order", async () => {
  const trial = new Trial();
  const { world } = trial;
  await trial.run(async () => {
    await world.write(configured(json));
    world.stop.abort();
    await world.effects.clock.advance(19);
    void world.app.reload();
  });
  assert.deepEqual(trial.ended, [[text, "reload"], [json, "exit"]]);
});

Deno.test("a file system that hangs keeps nobody from stopping", async () => {
  const trial = new Trial();
  const { world } = trial;
  await trial.run(() => {
    world.effects.files.readText = () => new Promise(() => {});
    void world.app.reload();
    return Promise.resolve();
  });
  assert.deepEqual(trial.ended, [[text, "exit"]]);
});

Deno.test("reloads are made one after the other, and the last one holds", async () => {
  const trial = new Trial();
  const { app, effects: { clock, files } } = trial.world;
  await trial.run(async () => {
    const read = files.readText.bind(files);
    const slow = Promise.withResolvers<string>();
    files.readText = () => slow.promise;
    void app.reload();
    await clock.nextTurn();
    files.readText = read;
    void app.reload();
    await clock.nextTurn();
    slow.resolve(configured(json));
    await clock.advance(10);
  });
  assert.deepEqual(trial.ended.at(-1), [text, "exit"]);
});

Deno.test("a reload that is asked for while the first configuration is read is made", async () => {
  const trial = new Trial();
  const { world } = trial;
  const { files } = world.effects;
  const read = files.readText.bind(files);
  files.readText = async (path) => {
    files.readText = read;
    const before = await read(path);
    await world.write(configured(json));
    void world.app.reload();
    return before;
  };
  await trial.run(() => world.effects.clock.advance(10));
  assert.deepEqual(trial.ended, [[text, "reload"], [json, "exit"]]);
});
