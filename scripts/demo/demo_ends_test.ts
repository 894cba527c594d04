/** However the demo ends, nothing of it is left, and what did not come out as expected is said. */
import assert from "node:assert/strict";
import { DemoProcess } from "./demo_process.ts";

const NODES = ["alpha", "beta", "gamma"];

/** Daemons run, and programs that they started: they have seen a resource that was brought up. */
const UNDER_WAY = /^\d+:\d\d (alpha|beta|gamma) +(web|db): /;

Deno.test("SIGTERM ends the demo, and nothing is left", async () => {
  await using demo = await DemoProcess.start();
  await demo.line(UNDER_WAY);
  assert.ok((await demo.processes("node_program.ts")).length >= 2);
  demo.kill("SIGTERM");
  assert.deepEqual([await demo.end(), demo.errors], [143, ""]);
  await demo.assertNothingIsLeft();
});

Deno.test("the demo ends when nobody reads it any more, and nothing is left", async () => {
  await using demo = await DemoProcess.start();
  await demo.line(/===/);
  demo.closeOutput();
  assert.deepEqual([await demo.end(), demo.errors], [0, ""]);
  await demo.assertNothingIsLeft();
});

Deno.test("a demo that was killed leaves no process", async () => {
  await using demo = await DemoProcess.start();
  await demo.line(UNDER_WAY);
  demo.kill("SIGKILL");
  await demo.end();
  assert.deepEqual(await demo.processesLeft(), []);
});

Deno.test("a daemon that dies is not as expected: the demo says so and fails", async () => {
  await using demo = await DemoProcess.start();
  await demo.line(UNDER_WAY);
  const [daemon] = await demo.processes("node_program.ts");
  assert.ok(daemon !== undefined);
  Deno.kill(daemon, "SIGKILL");
  assert.equal(await demo.end(), 1);
  assert.match(demo.errors, /The demo did not come out as expected\. drbdd on \w+ ended with signal SIGKILL/);
  await demo.assertNothingIsLeft();
});

Deno.test("with --play nothing fails but by keys, until Ctrl-C ends it", async () => {
  await using demo = await DemoProcess.start("--play");
  await demo.line(/^\[alpha\] 1-3 node/);
  await demo.line(/(web|db) is up on/);
  await demo.type("2p");
  await demo.line(/=== beta loses power$/);
  demo.kill("SIGINT");
  assert.deepEqual([await demo.end(), demo.errors], [0, ""]);
  await demo.assertNothingIsLeft();
});

Deno.test("drbddctl ends with its node, and can be run again", async () => {
  await using demo = await DemoProcess.start("--play");
  const [, node = ""] = /web is up on (\w+)/.exec(await demo.line(/web is up on/)) ?? [];
  await demo.line(/web: start: done$/);
  await demo.type(`${NODES.indexOf(node) + 1}e`);
  await demo.line(/drbddctl: \w+: waiting for a peer to take over/);
  await demo.type("p");
  assert.deepEqual(await demo.processesLeft("evict"), []);
  await demo.type(`${(NODES.indexOf(node) + 1) % NODES.length + 1}e`);
  await demo.line(/drbddctl: .*Primary on|drbddctl: .*not Primary|drbddctl: .*stopped/);
});

const NO_FOLDERS: readonly (readonly [name: string, says: RegExp])[] = [
  ["not/there", /^Cannot set up the demo in .*not\/there: .*No such file.*TMPDIR\n$/],
  ["long".repeat(30), /^Cannot set up the demo in .*longlong.*: .*TMPDIR\n$/],
];

for (const [name, says] of NO_FOLDERS) {
  Deno.test(`where TMPDIR is no use (${name.slice(0, 9)}), the demo says so`, async () => {
    await using demo = await DemoProcess.startIn(name);
    assert.equal(await demo.end(), 1);
    assert.match(demo.errors, says);
  });
}

const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["--speed", "2"], /--speed/],
  [["--pause", "much"], /Cannot use --pause: found "much", expected a number of seconds from 0 to 60/],
];

for (const [args, says] of WRONG) {
  Deno.test(`"${args.join(" ")}" is refused, with the usage`, async () => {
    await using demo = await DemoProcess.start(...args);
    assert.equal(await demo.end(), 2);
    assert.match(demo.errors, says);
    assert.match(demo.errors, /Usage: deno task demo/);
    await demo.assertNothingIsLeft();
  });
}
