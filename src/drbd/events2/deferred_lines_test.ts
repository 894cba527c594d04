/** Deferred lines of resources without subscribers: every way to read the state applies them. */
import assert from "node:assert/strict";
import { blockOf, blockOfLines } from "../../../tests/support/core/blocks.ts";
import { DUMP_END, dumpOf, line, type Values } from "../../../tests/support/core/events2_text.ts";
import type { Resource } from "../model/model.ts";
import { EventStream, type Step } from "../state/stream.ts";

class Wanted {
  version = 0;
  names: readonly string[] = [];
  wants = (name: string) => this.names.includes(name);
}

/** A stream that knows "web" and "db", neither of which has subscribers. */
class Trial {
  readonly wanted = new Wanted();
  readonly stream = new EventStream(this.wanted);

  constructor() {
    this.take(...dumpOf("web"), ...dumpOf("db"), DUMP_END);
    this.stream.cluster();
  }

  take(...lines: string[]): Step {
    return this.stream.take([blockOfLines(lines)]);
  }

  get web(): Resource {
    const web = this.stream.resource("web");
    assert.ok(web);
    return web;
  }
}

const device = (values: Values = {}) => line("change", "device", values);
const diskOf = ({ devices }: Resource) => devices[0]?.diskState;

Deno.test("of lines that wait the newest of each object holds", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }), line("change", "connection", { connection: "Connecting" }));
  trial.take(device({ disk: "Diskless", backing_dev: "none", written: 7 }));
  const { devices, connections } = trial.web;
  assert.deepEqual([devices[0]?.diskState, devices[0]?.backingDev], ["Diskless", undefined]);
  assert.match(devices[0]?.rawStatistics ?? "", / written:7 /);
  assert.equal(connections[0]?.connectionState, "Connecting");
});

Deno.test("a line that waits is emitted as nothing, and something may have changed", () => {
  const trial = new Trial();
  const { updates, lineCount } = trial.take(device({ disk: "Failed" }), "", device({ disk: "Failed" }));
  assert.deepEqual([updates.length, updates.isEmpty, lineCount], [0, false, 2]);
});

Deno.test("each way to look sees lines that wait", () => {
  const looks: Record<string, (stream: EventStream) => unknown> = {
    resource: (stream) => stream.resource("web")?.role,
    cluster: (stream) => stream.cluster().get("web")?.role,
    summary: (stream) => stream.summary().primary === 1 ? "Primary" : "Secondary",
  };
  for (const [name, look] of Object.entries(looks)) {
    const trial = new Trial();
    const { touched } = trial.take(line("change", "resource", { role: "Primary" }));
    assert.equal(look(trial.stream), "Primary", name);
    assert.deepEqual(touched(), ["web"], name);
  }
});

Deno.test("what a line leaves out is what the line before it said, which waited", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed", open: "yes" }));
  trial.take("change device name:web volume:0 minor:1000 quorum:no");
  const { diskState, open, quorum } = trial.web.devices[0] ?? {};
  assert.deepEqual([diskState, open, quorum], ["Failed", "yes", false]);
});

for (
  const { name, newer } of [
    { name: "says create", newer: line("create", "device", { disk: "Diskless" }) },
    { name: "has a time", newer: `2026-02-03T04:05:06.000007+00:00 ${device({ disk: "Diskless" })}` },
    { name: "has another order", newer: "change device volume:0 name:web disk:Diskless" },
  ]
) {
  Deno.test(`a line that ${name} is newer than one that waited`, () => {
    const trial = new Trial();
    trial.take(device({ disk: "Failed" }));
    trial.take(newer);
    assert.equal(diskOf(trial.web), "Diskless");
  });
}

Deno.test("where requests wait stays known after lines without that field", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }), device({ disk: "Inconsistent", blocked: "upper" }));
  trial.take(device({ disk: "Outdated" }));
  assert.deepEqual([diskOf(trial.web), trial.web.devices[0]?.blocked], ["Outdated", ["upper"]]);
});

Deno.test("a line of the object by another name of its connection is the newer one", () => {
  const trial = new Trial();
  trial.take(line("change", "peer-device", { replication: "SyncSource" }));
  trial.take(line("change", "peer-device", { "conn-name": "gamma", replication: "VerifyS" }));
  assert.equal(trial.web.peerDevices[0]?.replicationState, "VerifyS");
  trial.take(line("change", "peer-device", { "conn-name": "gamma", replication: "PausedSyncS" }));
  trial.take(line("change", "peer-device", { replication: "Off" }));
  assert.equal(trial.web.peerDevices[0]?.replicationState, "Off");
});

Deno.test("lines wait through a rename", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }));
  trial.take("rename resource name:web new_name:www");
  assert.equal(trial.take(device({ disk: "Diskless" })).orphans.length, 1);
  assert.equal(diskOf(trial.stream.resource("www") as Resource), "Failed");
  trial.take(...dumpOf("web").map((text) => text.replace("exists", "create")));
  trial.take(device({ disk: "Outdated" }));
  assert.equal(diskOf(trial.web), "Outdated");
  assert.equal(diskOf(trial.stream.resource("www") as Resource), "Failed");
});

Deno.test("what comes again after it went is emitted, and new", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }));
  const { updates: gone } = trial.take("destroy device name:web volume:0");
  assert.deepEqual(gone.all().map(({ kind }) => kind), ["peer-device", "device"]);
  const { updates: back } = trial.take(device({ disk: "Attaching" }));
  assert.deepEqual(back.all().map(({ kind, type }) => `${type} ${kind}`), ["create device"]);
  trial.take("destroy resource name:web");
  const { updates, orphans } = trial.take(device({ disk: "Attaching" }));
  assert.deepEqual([updates.length, orphans.length], [0, 1]);
});

Deno.test("a resource that comes again after it went is emitted, and new", () => {
  const trial = new Trial();
  const birth = line("create", "resource", { name: "bare" });
  trial.take(birth, line("change", "resource", { name: "bare", role: "Primary" }));
  trial.take("destroy resource name:bare");
  const { updates } = trial.take(line("change", "resource", { name: "bare" }));
  assert.deepEqual(updates.all().map(({ kind, type }) => `${type} ${kind}`), ["create resource"]);
});

Deno.test("who is emitted of a resource that nobody wants sees it as it stands after the chunk", () => {
  const trial = new Trial();
  const { updates } = trial.take(
    "call helper name:web volume:0 minor:1000 helper:local-io-error",
    device({ disk: "Failed" }),
  );
  assert.deepEqual(updates.all().map(({ kind, resource }) => [kind, diskOf(resource)]), [[
    "helper",
    "Failed",
  ]]);
});

Deno.test("who begins to want a resource is emitted what changes from then on", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }));
  trial.wanted.names = ["web"];
  trial.wanted.version++;
  const { updates } = trial.take(device({ disk: "Diskless" }), device({ name: "db", disk: "Failed" }));
  assert.deepEqual(
    updates.all().map((update) => update.kind === "device" && [update.old?.diskState, update.new?.diskState]),
    [["Failed", "Diskless"]],
  );
  trial.wanted.names = [];
  trial.wanted.version++;
  assert.equal(trial.take(device({ disk: "Outdated" })).updates.length, 0);
  assert.equal(trial.take(device({ disk: "Consistent" })).updates.length, 0);
  assert.equal(diskOf(trial.web), "Consistent");
});

const LONG = "x".repeat(300_000);

for (
  const { name, before, disk } of [
    { name: "beside letters that are no ASCII", before: "change device name:größe\n", disk: "Diskless" },
    { name: "in a block that is very long", before: `${LONG}\n`, disk: "Diskless" },
    { name: "after garbage that begins like a line", before: "change device name:web\n", disk: "Diskless" },
    { name: "after an empty line", before: "\n", disk: "Diskless" },
    { name: "after half a line", before: "c\nchange\nchange \nchange d\n", disk: "Diskless" },
  ]
) {
  Deno.test(`a line ${name} is newer than one that waited`, () => {
    const trial = new Trial();
    trial.take(device({ disk: "Failed" }));
    trial.stream.take([blockOf(`${before}${device({ disk })}\n`)]);
    assert.equal(diskOf(trial.web), disk);
    trial.take(device({ disk: "Outdated" }));
    assert.equal(diskOf(trial.web), "Outdated");
  });
}

Deno.test("a line that is no longer what it was is rejected or read, and takes nothing away", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }));
  const { rejected } = trial.take("change device name:web volume:0x minor:1");
  assert.equal(rejected.length, 1);
  assert.equal(diskOf(trial.web), "Failed");
  trial.take(device({ disk: "Gone" }), device({ written: "all" }));
  assert.match(trial.web.devices[0]?.rawStatistics ?? "", /written:all/);
});

Deno.test("lines that get longer and longer can wait", () => {
  const trial = new Trial();
  for (let length = 0; length < 200; length++) {
    const backing_dev = `/dev/${"x".repeat(length)}`;
    trial.take(device({ backing_dev }));
    if (length % 7 === 0) assert.equal(trial.web.devices[0]?.backingDev, backing_dev);
  }
});

Deno.test("lines of ten thousand objects wait, each for itself", () => {
  const wanted = new Wanted();
  const stream = new EventStream(wanted);
  const names = Array.from({ length: 2_000 }, (_, number) => `r${number}`);
  stream.take([blockOfLines([...names.flatMap((name) => dumpOf(name)), DUMP_END])]);
  for (const round of [1, 2]) {
    for (const name of names) {
      stream.take([blockOfLines([
        line("change", "device", { name, written: Number(name.slice(1)) * round }),
        line("change", "resource", { name, promotion_score: Number(name.slice(1)) * round }),
      ])]);
    }
  }
  for (const { name, promotionScore, devices } of stream.cluster()) {
    assert.equal(promotionScore, Number(name.slice(1)) * 2);
    assert.match(devices[0]?.rawStatistics ?? "", new RegExp(` written:${promotionScore} `));
  }
});

Deno.test("a look at all is worked off in parts, and then has nothing left to do", () => {
  const trial = new Trial();
  const names = ["web", "db"];
  trial.take(...names.flatMap((name) => [
    line("change", "resource", { name, role: "Primary" }),
    line("change", "connection", { name, connection: "Connecting" }),
    device({ name, disk: "Failed" }),
  ]));
  let parts = 1;
  while (trial.stream.catchUp(1)) parts++;
  // Six lines to read, two snapshots to build; and once to find that there is no more.
  assert.equal(parts, 9);
  assert.equal(trial.stream.catchUp(1), false);
  const { web } = trial;
  assert.equal(trial.stream.cluster().get("web"), web);
  assert.deepEqual([web.role, diskOf(web)], ["Primary", "Failed"]);
});

Deno.test("what comes while a look is worked off is seen as well", () => {
  const trial = new Trial();
  trial.take(device({ disk: "Failed" }), line("change", "resource", { role: "Primary" }));
  assert.ok(trial.stream.catchUp(1));
  trial.take(device({ disk: "Diskless" }), line("change", "resource", { role: "Secondary" }));
  assert.ok(trial.stream.catchUp(3));
  trial.take("destroy resource name:db");
  while (trial.stream.catchUp(1));
  assert.deepEqual([...trial.stream.cluster()].map(({ name, role }) => `${name} ${role}`), ["web Secondary"]);
  assert.equal(diskOf(trial.web), "Diskless");
});
