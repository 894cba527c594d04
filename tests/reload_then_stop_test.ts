/** A reload, and the end right after it: what the daemon does at its end is as the file says. */
import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../plugins/schemas.ts";
import { App } from "../src/app/app.ts";
import type { Plugin, PluginEntry } from "../src/runtime/plugin.ts";
import { SimulatedEffects } from "./support/simulated_effects.ts";
import { SimulatedPermissions } from "./support/simulated_permissions.ts";

const CONFIG = "/etc/drbdd.toml";

class World {
  readonly effects = new SimulatedEffects();
  readonly stop = new AbortController();
  /** Configurations of the instances that ended, with the reason they were given. */
  readonly ended: unknown[] = [];
  said = "";
  readonly app;

  constructor() {
    const noting: Plugin<unknown> = {
      name: "debugger",
      run: async (config, { signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        this.ended.push([config, signal.reason]);
      },
    };
    const plugins: PluginEntry[] = [{ name: "debugger", load: () => Promise.resolve(noting) }];
    const stderr = { form: "plain" as const, write: (lines: string) => void (this.said += lines) };
    const known = { schemas: PLUGIN_SCHEMAS, plugins };
    this.app = new App(this.effects, new SimulatedPermissions(), CONFIG, known, stderr);
  }

  async write(format: string): Promise<void> {
    await this.effects.files.makeDirectory("/etc");
    await this.effects.files.writeTextAtomic(CONFIG, `[[debugger]]\nformat = "${format}"\n`);
  }

  async start(): Promise<Promise<number>[]> {
    await this.write("text");
    const over = this.app.run(this.stop.signal);
    while (!this.said.includes("runs on node")) await this.effects.clock.nextTurn();
    // Plugins are loaded.
    await this.effects.clock.advance(10);
    return [over];
  }

  async end(over: readonly Promise<number>[]): Promise<void> {
    await this.effects.clock.advance(10_000);
    assert.deepEqual(await Promise.all(over), [0]);
  }
}

const text = { format: "text", resources: undefined };
const json = { format: "json", resources: undefined };

Deno.test("a stop right after a reload lets the reload be made", async () => {
  const world = new World();
  const over = await world.start();
  await world.write("json");
  void world.app.reload();
  world.stop.abort();
  await world.end(over);
  assert.deepEqual(world.ended, [[text, "reload"], [json, "exit"]]);
  assert.match(world.said, /was read again[^]*drbdd has stopped/);
});

Deno.test("a file system that hangs keeps nobody from stopping", async () => {
  const world = new World();
  const over = await world.start();
  world.effects.files.readText = () => new Promise(() => {});
  void world.app.reload();
  world.stop.abort();
  await world.end(over);
  assert.deepEqual(world.ended, [[text, "exit"]]);
});

Deno.test("reloads are made one after the other, and the last one holds", async () => {
  const world = new World();
  const over = await world.start();
  const { files } = world.effects;
  const read = files.readText.bind(files);
  const slow = Promise.withResolvers<string>();
  files.readText = () => slow.promise;
  void world.app.reload();
  await world.effects.clock.nextTurn();
  files.readText = read;
  void world.app.reload();
  await world.effects.clock.nextTurn();
  slow.resolve('[[debugger]]\nformat = "json"\n');
  await world.effects.clock.advance(10);
  world.stop.abort();
  await world.end(over);
  assert.deepEqual(world.ended.at(-1), [text, "exit"]);
});
