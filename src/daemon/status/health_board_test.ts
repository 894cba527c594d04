import assert from "node:assert/strict";
import { apiTest } from "../../../tests/support/trials/api_world.ts";
import { fixtureText } from "../../../tests/support/core/fixtures.ts";
import { sampleLines } from "../../../tests/support/core/sample_lines.ts";

const DUMP = (sample: Parameters<typeof sampleLines>[1]) => [...sampleLines("exists", sample), "exists -"];
const SYNCING = (progress: string) => ({
  name: "web",
  role: "Primary",
  beta: { disks: [{ replication: "SyncSource", disk: "Inconsistent", progress }] },
});

apiTest(
  "a split brain of DRBD is known by its name from the helper on, until the two are connected",
  async (world) => {
    const lines = fixtureText("events2/modes/full-statistics/split-brain.txt").trimEnd().split("\n");
    const standAlone = lines.findIndex((line) => line.includes("connection:StandAlone"));
    const connected = lines.findIndex((line, place) =>
      place > standAlone && line.includes("connection:Connected")
    );
    assert.ok(standAlone > 0 && connected > standAlone);
    await world.start(...lines.slice(0, standAlone + 1));
    await world.advance(2_000);
    const worst = () => world.daemon.health.of("web")?.problems[0];
    assert.equal(worst()?.id, "split-brain");
    assert.match(worst()?.what ?? "", /^split brain with alpha: both nodes have data of their own/);
    assert.match(world.daemon.status(), /1 down; web: split brain with alpha/);
    await world.advance(20_000);
    await world.print(...lines.slice(standAlone + 1, connected + 1));
    assert.notEqual(worst()?.id, "split-brain");
  },
);

apiTest("while a resync runs counters are asked for every 2 s, and not when it is over", async (world) => {
  await world.start(...DUMP(SYNCING("done:10.00")));
  await world.advance(3_000);
  const before = world.asked;
  await world.advance(10_000);
  assert.equal(world.asked - before, 5);
  await world.print(...sampleLines("change", { name: "web", role: "Primary" }));
  await world.advance(5_000);
  const after = world.asked;
  await world.advance(50_000);
  assert.equal(world.asked - after, 0);
});

apiTest(
  "a resync without progress is stuck after a minute, everywhere, and since when is said",
  async (world) => {
    await world.start(...DUMP(SYNCING("done:10.00")));
    await world.advance(58_000);
    assert.equal(world.daemon.health.of("web")?.problems[0]?.id, "resync-running");
    await world.advance(10_000);
    const [problem] = world.daemon.health.of("web")?.problems ?? [];
    assert.equal(problem?.id, "resync-stuck");
    assert.ok(problem?.sinceMs !== undefined && world.effects.clock.wallMs() - problem.sinceMs <= 10_000);
    assert.match(
      world.effects.notified.at(-1) ?? "",
      /STATUS=.*web: resync of volume 0 to beta is stuck, 10\.0 %/,
    );
    await world.print(...sampleLines("change", SYNCING("done:10.01")));
    assert.equal(world.daemon.health.of("web")?.problems[0]?.id, "resync-running");
  },
);

apiTest("while somebody follows the resources counters are asked for every 2 s", async (world) => {
  await world.start(...DUMP({ name: "web" }));
  const follower = await world.follow("?state=1");
  await follower.lines();
  const before = world.asked;
  await world.advance(10_000);
  assert.equal(world.asked - before, 5);
  await follower.leave();
  const after = world.asked;
  await world.advance(50_000);
  assert.equal(world.asked - after, 0);
  const updates = await world.follow("");
  await world.advance(9_000);
  assert.equal(world.asked - after, 0);
  await updates.leave();
});

apiTest("what is stale is unknown, and what a promoter has and DRBD has not is down", async (world) => {
  await world.start(...DUMP({ name: "web", role: "Primary" }));
  const { health } = world.daemon;
  assert.equal(health.of("web")?.severity, "ok");
  health.setPromoter("db", { file: "db", isEnabled: true });
  assert.deepEqual(health.all().map((each) => [each.name, each.health.problems[0]?.id]), [
    ["db", "not-up"],
    ["web", undefined],
  ]);
  await world.loseDrbdsetup();
  assert.deepEqual(health.all().map((each) => [each.name, each.health.problems[0]?.id]), [
    ["db", "state-unknown"],
    ["web", "state-stale"],
  ]);
  health.setPromoter("db", undefined);
  assert.equal(health.of("db"), undefined);
});

apiTest("a follower hears when the health of a resource changes and nothing of DRBD", async (world) => {
  await world.start(...DUMP({ name: "web", role: "Primary" }));
  const follower = await world.follow("?state=1");
  await follower.lines();
  const unit = (name: string, activeState: string) => ({
    ...{ name, activeState, freezerState: "running", loadState: "loaded", isHeldBack: false },
  });
  world.daemon.health.setPromoter("web", {
    file: "web",
    isEnabled: true,
    units: { target: unit("t.target", "active"), dependencies: [unit("a.service", "failed")] },
  });
  const lines = await follower.lines(2_000);
  const [health] = lines.flatMap(({ event, data }) => event === "resource" ? [data?.["health"]] : []);
  assert.equal((health as { severity?: string } | undefined)?.severity, "down");
  await follower.leave();
});
