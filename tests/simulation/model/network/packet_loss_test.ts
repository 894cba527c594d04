/** What becomes of connections over links that lose packets. */
import assert from "node:assert/strict";
import { nodesNamed } from "../config.ts";
import { Model } from "../model.ts";
import { failedHandshakeProbability, resendsMs, timeoutProbability } from "./packet_loss.ts";
import { Random } from "../random.ts";

function settled(seed = 1): Model {
  const volumes = [{ volume: 0, minor: 7, sizeKib: 102_400, backingDev: "/dev/vg/web" }];
  const nodes = nodesNamed("alpha", "beta", "gamma");
  const model = new Model({ nodes, resources: [{ name: "web", port: 7000, volumes }] }, seed);
  model.settle();
  return model;
}

/** The states of a connection that a node reports within `ms`. */
function states(model: Model, node: string, peer: string, ms: number): string[] {
  const listener = model.listen(node);
  listener.take();
  model.advance(model.nowMs + ms);
  const found = listener.take().flat().filter((line) =>
    line.includes(" connection name:web ") && line.includes(` conn-name:${peer} `)
  );
  return found.map((line) => /connection:(\S+)/.exec(line)?.[1] ?? "");
}

function count(all: readonly string[], state: string): number {
  return all.filter((each) => each === state).length;
}

Deno.test("a ping that is lost twice within its time-out ends the connection, which comes back", () => {
  const model = settled();
  model.losePackets("alpha", "beta", 0.25);
  const seen = states(model, "alpha", "beta", 600_000);
  const losses = count(seen, "NetworkFailure") + count(seen, "BrokenPipe");
  assert.ok(losses > 20, `${losses} losses`);
  assert.ok(count(seen, "Connected") > 5);
  const other = states(model, "alpha", "gamma", 600_000);
  assert.deepEqual(other, []);
});

Deno.test("the end that gets no answer gives up, the other one sees that the connection is closed", () => {
  const model = settled();
  const listeners = ["alpha", "beta"].map((name) => model.listen(name));
  model.losePackets("alpha", "beta", 0.25);
  const isConnected = () => model.resource("alpha", "web")?.connectionTo(1)?.isConnected === true;
  model.advanceUntil(() => !isConnected());
  model.losePackets("alpha", "beta", 0);
  model.advance(model.nowMs + 10);
  const ends = listeners.map((listener) =>
    /connection:(NetworkFailure|BrokenPipe)/.exec(listener.take().flat().join("\n"))?.[1] ?? ""
  );
  assert.deepEqual(ends.sort(), ["BrokenPipe", "NetworkFailure"]);
});

Deno.test("until the time-out of a ping nobody knows of the loss, and writes wait", () => {
  const model = settled();
  model.runNow("alpha", "drbdadm", "primary", "web");
  const device = model.open("alpha", "web", 0, "a test");
  model.losePackets("alpha", "beta", 0.25);
  const resource = model.resource("alpha", "web");
  assert.ok(resource);
  model.advanceUntil(() => model.hasUnnoticedLoss(resource));
  assert.equal(device?.write(64), "suspended");
  const sinceMs = model.nowMs;
  model.advanceUntil(() => !model.hasUnnoticedLoss(resource));
  assert.ok(model.nowMs - sinceMs <= 520, `${model.nowMs - sinceMs} ms`);
  assert.equal(device?.write(64), "written");
});

Deno.test("handshakes fail, and start over until one does not", () => {
  const model = settled();
  model.cutLink("alpha", "beta");
  model.advance(model.nowMs + 20_000);
  model.losePackets("alpha", "beta", 0.4);
  model.repairLink("alpha", "beta");
  const seen = states(model, "alpha", "beta", 120_000);
  const first = seen.indexOf("Connected");
  const failed = count(seen.slice(0, first), "NetworkFailure");
  assert.ok(failed > 0 && seen.length > 2 * failed, seen.join(" "));
  model.losePackets("alpha", "beta", 0);
  model.advance(model.nowMs + 20_000);
  assert.equal(model.resource("alpha", "web")?.connectionTo(1)?.isConnected, true);
});

Deno.test("a link that loses nothing any more is as it was: nothing is drawn", () => {
  const courses = [false, true].map((wasLossy) => {
    const model = settled(7);
    if (wasLossy) model.losePackets("alpha", "beta", 0);
    model.crash("beta");
    return states(model, "alpha", "beta", 60_000);
  });
  assert.deepEqual(courses[0], courses[1]);
});

Deno.test("how late packets are, and how likely time-outs, by the loss rate", () => {
  const random = new Random(1);
  assert.equal(resendsMs(0, random), 0);
  const late = Array.from({ length: 2_000 }, () => resendsMs(0.3, random));
  assert.ok(late.every((ms) => [0, 200, 600].includes(ms)));
  const share = late.filter((ms) => ms > 0).length / late.length;
  assert.ok(Math.abs(share - 0.3) < 0.04, `${share}`);
  // A ping is sent at 0 and at 200 ms, and each time it or its answer is lost.
  assert.ok(Math.abs(timeoutProbability(0.1, 500) - 0.19 ** 2) < 1e-9);
  assert.equal(timeoutProbability(0, 500), 0);
  assert.ok(failedHandshakeProbability(0.3, 500) > timeoutProbability(0.3, 500));
});
