import assert from "node:assert/strict";
import { MemoryFiles } from "../../tests/support/simulated/memory_files.ts";
import { SimulatedLocks } from "../../tests/support/simulated/simulated_locks.ts";
import { Registry } from "./registry.ts";

const FOLDER = "/run/drbdd/daemons";
const MAIN = "/etc/drbdd.toml";

/** The daemons of one node. */
function node() {
  const files = new MemoryFiles();
  const locks = new SimulatedLocks(files);
  return { files, locks, daemon: (pid: number) => new Registry(files, locks, FOLDER, pid) };
}

const CASES = [
  {
    name: "the same configuration, whatever is in it",
    other: { config: MAIN, resources: [] },
    conflict: "another drbdd, process 7 with the configuration /etc/drbdd.toml, runs on this node already",
  },
  {
    name: "another configuration with a resource in common",
    other: { config: "/etc/b.toml", resources: ["db", "web"] },
    conflict:
      "another drbdd, process 7 with the configuration /etc/drbdd.toml, starts and stops the services " +
      "of web on this node already",
  },
  {
    name: "another configuration with other resources",
    other: { config: "/etc/b.toml", resources: ["db"] },
    conflict: undefined,
  },
];

for (const { name, other, conflict } of CASES) {
  Deno.test(`registry: a second daemon with ${name}`, async () => {
    const { daemon } = node();
    assert.equal(await daemon(7).claim({ config: MAIN, resources: ["web", "mail"] }), undefined);
    assert.equal(await daemon(8).claim(other), conflict);
  });
}

Deno.test("registry: what a daemon that was killed claimed is free, and its file goes", async () => {
  const { daemon, locks, files } = node();
  await daemon(7).claim({ config: MAIN, resources: ["web"] });
  locks.free(`${FOLDER}/7`);
  assert.equal(await daemon(8).claim({ config: MAIN, resources: ["web"] }), undefined);
  assert.deepEqual(await files.list(FOLDER), ["8", "lock"]);
});

Deno.test("registry: a daemon that ends leaves nothing, and one that was refused holds nothing", async () => {
  const { daemon, locks, files } = node();
  const first = daemon(7);
  const second = daemon(8);
  await first.claim({ config: MAIN, resources: ["web"] });
  assert.match(await second.claim({ config: MAIN, resources: [] }) ?? "", /process 7/);
  await second.leave();
  assert.deepEqual(locks.held, [`${FOLDER}/7`]);
  await first.leave();
  assert.deepEqual(locks.held, []);
  assert.deepEqual(await files.list(FOLDER), ["lock"]);
});

Deno.test("registry: a claim replaces the one before; one that is refused leaves it", async () => {
  const { daemon } = node();
  const first = daemon(7);
  const second = daemon(8);
  await first.claim({ config: MAIN, resources: ["web"] });
  await second.claim({ config: "/etc/b.toml", resources: ["db"] });
  assert.match(await first.claim({ config: MAIN, resources: ["web", "db"] }) ?? "", /services of db on this/);
  assert.match(await second.claim({ config: "/etc/b.toml", resources: ["web"] }) ?? "", /services of web on/);
  assert.equal(await first.claim({ config: MAIN, resources: [] }), undefined);
  assert.equal(await second.claim({ config: "/etc/b.toml", resources: ["web"] }), undefined);
});

Deno.test("registry: a daemon whose claims are unknown prevents the start of another", async () => {
  const { daemon, files } = node();
  await daemon(7).claim({ config: MAIN, resources: [] });
  await files.writeTextAtomic(`${FOLDER}/7`, '{"resources": 3');
  assert.match(
    await daemon(8).claim({ config: "/etc/b.toml", resources: [] }) ?? "",
    /process 7, runs on this node; what it manages is unknown/,
  );
});

Deno.test("registry: a daemon that looks at the others for ever keeps nobody waiting for ever", async () => {
  const { daemon, locks, files } = node();
  await files.makeDirectory(FOLDER);
  await locks.take(`${FOLDER}/lock`);
  assert.match(await daemon(8).claim({ config: MAIN, resources: [] }) ?? "", /has held .*lock" for 5 s/);
});
