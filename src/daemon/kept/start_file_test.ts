import assert from "node:assert/strict";
import type { FailedStart, ObservedPromoter } from "../../health/observed.ts";
import { Cluster } from "../../drbd/model/cluster.ts";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { HealthBoard } from "../status/health_board.ts";
import { readStarts, StartFile } from "./start_file.ts";

const PATH = "/run/drbdd/last-starts.json";
const FAILED: FailedStart = { why: "a.service failed", times: 3, units: ["a.service"], sinceMs: 1_000 };
const PROMOTER: ObservedPromoter = { file: "web", isEnabled: true };
const WAITING = { ...PROMOTER, waitsFor: { what: "its backing device /dev/vg/web", sinceMs: 5 } };

/** A daemon's board with its file. */
function daemon(effects: SimulatedEffects, log = new LogRecorder()) {
  const board = new HealthBoard({
    clock: effects.clock,
    cluster: () => Cluster.EMPTY,
    resource: () => undefined,
    staleReason: () => undefined,
    countersMs: () => 0,
  });
  const file = new StartFile(effects, log, board);
  board.onKnowledgeChanged = () => file.changed();
  return { board, file, log };
}

function world(): SimulatedEffects {
  const effects = new SimulatedEffects();
  effects.variables.set("RUNTIME_DIRECTORY", "/run/drbdd");
  effects.files.put("/run/drbdd/configuration.json", "{}");
  return effects;
}

Deno.test("what failed and what is waited for is there for drbddctl, and only that", async () => {
  const effects = world();
  const { board, file } = daemon(effects);
  await file.keep();
  board.setPromoter("web", WAITING);
  board.setPromoter("db", { ...PROMOTER, failedStart: FAILED });
  board.setPromoter("mail", PROMOTER);
  await effects.clock.advance(1_000);
  await settle();
  assert.equal(effects.files.modes.get(PATH), 0o640);
  assert.deepEqual(
    await readStarts(effects),
    new Map([
      ["web", { failedStart: undefined, waitsFor: WAITING.waitsFor }],
      ["db", { failedStart: FAILED, waitsFor: undefined }],
    ]),
  );
  board.setPromoter("web", PROMOTER);
  board.setPromoter("db", undefined);
  await file.flush();
  assert.equal((await readStarts(effects)).size, 0);
});

Deno.test("failed starts of a daemon are those of the next one until the services run or fail again; nothing waits meanwhile", async () => {
  const effects = world();
  const first = daemon(effects);
  await first.file.keep();
  first.board.setPromoter("web", { ...WAITING, failedStart: FAILED });
  first.board.setPromoter("db", { ...PROMOTER, failedStart: FAILED });
  first.file.close();
  first.board.setPromoter("web", undefined);
  await first.file.flush();
  const kept = { failedStart: FAILED, waitsFor: undefined };
  assert.deepEqual(await readStarts(effects), new Map([["web", kept], ["db", kept]]));

  const { board, file } = daemon(effects);
  board.setPromoter("web", PROMOTER);
  await file.keep();
  board.setPromoter("db", { ...PROMOTER, phase: { name: "stopped", sinceMs: 1 } });
  assert.deepEqual([board.promoterOf("web")?.failedStart, board.promoterOf("db")?.failedStart], [
    FAILED,
    FAILED,
  ]);
  const again = { ...FAILED, times: 1 };
  board.setPromoter("web", { ...PROMOTER, failedStart: again });
  board.setPromoter("db", { ...PROMOTER, phase: { name: "started", sinceMs: 1 } });
  assert.deepEqual([board.promoterOf("web")?.failedStart, board.promoterOf("db")?.failedStart], [
    again,
    undefined,
  ]);
  board.setPromoter("web", PROMOTER);
  board.setPromoter("db", PROMOTER);
  assert.deepEqual([board.promoterOf("web")?.failedStart, board.promoterOf("db")?.failedStart], [
    undefined,
    undefined,
  ]);
});

Deno.test("the file of starts is bounded: in resources, units and texts", async () => {
  const effects = world();
  const { board, file } = daemon(effects);
  await file.keep();
  const failedStart = { ...FAILED, why: "x".repeat(9_000), units: Array<string>(500).fill("a.service") };
  const waitsFor = { what: "y".repeat(9_000), sinceMs: 1 };
  for (let at = 0; at < 2_100; at++) board.setPromoter(`r${at}`, { ...PROMOTER, failedStart, waitsFor });
  await file.flush();
  const kept = await readStarts(effects);
  assert.equal(kept.size, 2_000);
  const { failedStart: failed, waitsFor: waits } = kept.get("r7") ?? {};
  assert.deepEqual([failed?.why.length, failed?.units.length, waits?.what.length], [2_000, 100, 2_000]);
});

Deno.test("a file of starts that makes no sense is none", async () => {
  const effects = world();
  effects.files.put(PATH, '{"web":{"failedStart":{"why":1},"waitsFor":{"what":"x"}},"db":3}');
  assert.deepEqual([...(await readStarts(effects)).values()], [{
    failedStart: undefined,
    waitsFor: undefined,
  }]);
  effects.files.put(PATH, "[]");
  assert.equal((await readStarts(effects)).size, 0);
  effects.files.put(PATH, "no JSON");
  assert.equal((await readStarts(effects)).size, 0);
});

Deno.test("a daemon that systemd did not start keeps no file of starts", async () => {
  const effects = new SimulatedEffects();
  const { board, file, log } = daemon(effects);
  await file.keep();
  board.setPromoter("web", WAITING);
  await effects.clock.advance(2_000);
  file.close();
  await file.flush();
  assert.ok(!(PATH in effects.files.all()));
  assert.deepEqual(log.lines, []);
});
