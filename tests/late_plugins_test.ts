/** A plugin that takes long to load gets what happened after the dump, though drbdsetup has printed it long before. */
import assert from "node:assert/strict";
import type { Plugin } from "../src/daemon/plugins/plugin.ts";
import { AppWorld } from "./support/trials/app_world.ts";
import { settle } from "./support/simulated/simulated_clock.ts";
import type { Role } from "./support/simulated/simulated_processes.ts";

Deno.test("a plugin that is loaded late misses nothing that happens after the dump", async () => {
  const received: string[] = [];
  const noting: Plugin<unknown> = {
    name: "debugger",
    async run(_config, context) {
      for await (const update of context.changes()) received.push(`${update.name} ${update.type}`);
    },
  };
  let load = () => {};
  const loaded = new Promise<Plugin<unknown>>((resolve) => load = () => resolve(noting));
  const world = new AppWorld([{ name: "debugger", load: () => loaded }]);
  const roles: Role[] = [];
  world.effects.processes.install("drbdsetup", (role) => {
    role.onEndOfInput = () => role.exit(0);
    roles.push(role);
  });
  const code = await world.run("[[debugger]]\n", async () => {
    await settle();
    roles.at(-1)?.print(
      "exists resource name:web role:Secondary\nexists -\nchange resource name:web role:Primary\n" +
        "call helper name:web helper:split-brain\nresponse helper name:web helper:split-brain status:0\n",
    );
    await world.effects.clock.advance(100);
    load();
    await world.effects.clock.advance(100);
  });
  assert.equal(code, 0);
  assert.deepEqual(received, ["web exists", "web change", "web call", "web response"]);
});
