import assert from "node:assert/strict";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import type { Plugin } from "../daemon/plugins/plugin.ts";
import { aborted } from "../effects/waiting/aborted.ts";
import { Monitor } from "./monitor.ts";
import type { ToMonitor } from "./protocol.ts";

/** A monitor, and the resources that its plugin knew each time it began. */
function monitor(): { readonly began: string[][]; readonly take: (message: ToMonitor) => Promise<void> } {
  const began: string[][] = [];
  const shower: Plugin<unknown> = {
    name: "shower",
    run: async (_config, { cluster, signal }) => {
      began.push(Array.from(cluster(), ({ name }) => name));
      await aborted(signal);
    },
  };
  const wire = { send: () => {}, onMessage: () => {} };
  const known = [{ name: "shower", load: () => Promise.resolve(shower) }];
  const monitor = new Monitor(wire, new SimulatedEffects(), known);
  const take = (message: ToMonitor) => {
    monitor.take(message);
    return settle();
  };
  return { began, take };
}

function beginning(dumpFollows: boolean): ToMonitor {
  return {
    kind: "begin",
    nodeEnvironment: { node: "alpha", pid: 1, socketFolder: undefined },
    settings: { instances: [{ plugin: "shower", config: {} }], logLevel: "info" },
    memory: { decisions: new Map(), promoters: new Map(), splitBrains: new Map(), moduleVersion: undefined },
    dumpFollows,
  };
}

Deno.test("Monitor: plugins begin when the dump that follows was read, with what is known", async () => {
  const { began, take } = monitor();
  await take(beginning(true));
  assert.deepEqual(began, []);
  const bytes = new TextEncoder().encode("exists resource name:web role:Primary\nexists -\n");
  await take({ kind: "dump", bytes });
  assert.deepEqual(began, [["web"]]);
});

Deno.test("Monitor: plugins begin at once when nothing is known: they say that", async () => {
  const { began, take } = monitor();
  await take(beginning(false));
  assert.deepEqual(began, [[]]);
});
