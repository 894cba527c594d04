import assert from "node:assert/strict";
import { modelResource } from "../../../tests/support/core/resource_json.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { splitBrainPeers } from "./split_brain.ts";

const FOUND = "drbd web/0 drbd1000 beta: Split-Brain detected but unresolved, dropping connection!";
const CONNECTED = "drbd web beta: conn( Connecting -> Connected ) peer( Unknown -> Secondary ) [connected]";
const GIVEN_UP = "drbd web beta: conn( Disconnecting -> StandAlone ) [disconnected]";

async function peersIn(lines: readonly string[], connection = "StandAlone") {
  const effects = new SimulatedEffects();
  let isAsked = false;
  effects.processes.install("journalctl", (role) => {
    isAsked = true;
    role.print(lines.map((line) => `${line}\n`).join(""));
    role.exit(0);
  });
  const found = await splitBrainPeers(effects, [modelResource({ name: "web", beta: { connection } })]);
  return { peers: found.get("web") ?? [], isAsked };
}

Deno.test("splitBrainPeers() finds the peer of a connection that was given up because of it", async () => {
  assert.deepEqual((await peersIn([CONNECTED, FOUND, GIVEN_UP])).peers, [1]);
  assert.deepEqual((await peersIn([FOUND, GIVEN_UP])).peers, [1]);
});

Deno.test("splitBrainPeers() does not take an old one, another resource's or another peer's", async () => {
  assert.deepEqual((await peersIn([FOUND, GIVEN_UP, CONNECTED, GIVEN_UP])).peers, []);
  assert.deepEqual((await peersIn([FOUND.replace("web", "webshop")])).peers, []);
  assert.deepEqual((await peersIn([FOUND.replace("beta", "gamma")])).peers, []);
});

Deno.test("splitBrainPeers() reads no log where no connection is StandAlone", async () => {
  assert.equal((await peersIn([FOUND], "Connecting")).isAsked, false);
});

Deno.test("splitBrainPeers() knows of none where the log cannot be read", async () => {
  const resource = modelResource({ name: "web", beta: { connection: "StandAlone" } });
  assert.equal((await splitBrainPeers(new SimulatedEffects(), [resource])).size, 0);
});
