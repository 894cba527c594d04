import assert from "node:assert/strict";
import { NODES } from "./nodes/definition.ts";
import { type PlayedCluster, Player } from "./play.ts";

/** A cluster that only notes what is done to it: web runs on alpha, db on gamma. */
class NotedCluster implements PlayedCluster {
  readonly done: string[] = [];
  readonly #off = new Set<string>();
  readonly #cut = new Set<string>();

  isPowered(node: string): boolean {
    return !this.#off.has(node);
  }
  powerOff(node: string): void {
    this.#off.add(node);
    this.done.push(`power off ${node}`);
  }
  powerOn(node: string): void {
    this.#off.delete(node);
    this.done.push(`power on ${node}`);
  }
  isCutOff(node: string): boolean {
    return this.#cut.has(node);
  }
  cutOff(node: string): void {
    this.#cut.add(node);
    this.done.push(`cut off ${node}`);
  }
  reconnect(node: string): void {
    if (this.#cut.delete(node)) this.done.push(`reconnect ${node}`);
  }
  failDisk(node: string, resource: string): void {
    this.done.push(`fail ${resource} of ${node}`);
  }
  repairDisk(node: string, resource: string): void {
    this.done.push(`repair ${resource} of ${node}`);
  }
  runsOn(resource: string): string[] {
    return [resource === "web" ? "alpha" : "gamma"];
  }
  breakService(node: string, resource: string): void {
    this.done.push(`break ${resource} on ${node}`);
  }
  repairServices(): void {}
}

function played(keys: string) {
  const cluster = new NotedCluster();
  const said: string[] = [];
  const quits: string[] = [];
  const player = new Player({
    cluster,
    narrate: (text) => said.push(text),
    control: (node, args) => {
      cluster.done.push(`drbddctl ${args.join(" ")} on ${node}`);
      return Promise.resolve(0);
    },
    quit: () => quits.push("quit"),
  });
  for (const key of keys) player.press(key);
  return { done: cluster.done, said, quits: quits.length, help: player.help };
}

const ROWS: readonly (readonly [keys: string, done: readonly string[]])[] = [
  ["pp", ["power off alpha", "power on alpha"]],
  ["2p", ["power off beta"]],
  ["3nn", ["cut off gamma", "reconnect gamma"]],
  ["d", ["fail web of alpha", "fail db of alpha"]],
  ["dd", ["fail web of alpha", "fail db of alpha", "repair web of alpha", "repair db of alpha"]],
  ["s3s2s", ["break web on alpha", "break db on gamma"]],
  ["3e", ["drbddctl evict --all on gamma"]],
  ["pe", ["power off alpha"]],
  ["2p3nh", ["power off beta", "cut off gamma", "power on beta", "reconnect gamma"]],
  ["x4 \n", []],
];

for (const [keys, done] of ROWS) {
  Deno.test(`the keys ${JSON.stringify(keys)} do what they say`, () =>
    assert.deepEqual(played(keys).done, done));
}

Deno.test("what a key did is said", () => {
  assert.deepEqual(played("2ps").said, ["beta loses power", "No service runs on beta"]);
});

Deno.test("q, Ctrl-C and Ctrl-D quit", () => {
  assert.deepEqual(["q", "\x03", "\x04", "h"].map((key) => played(key).quits), [1, 1, 1, 0]);
});

Deno.test("the keys are shown in less than 80 columns, with the node that is chosen", () => {
  for (const [place, node] of NODES.entries()) {
    const { help } = played(`${place + 1}`);
    assert.ok(help.startsWith(`[${node}]`) && help.length < 80, `${help.length}: ${help}`);
  }
});
