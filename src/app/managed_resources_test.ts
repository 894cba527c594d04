import assert from "node:assert/strict";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { SimulatedClock } from "../../tests/support/simulated/simulated_clock.ts";
import { DecisionLog } from "../daemon/status/decision_log.ts";
import { reportReload } from "./managed_resources.ts";

Deno.test("reportReload() warns of resources that are no longer managed, and logs new ones", () => {
  const log = new LogRecorder();
  const decisions = new DecisionLog();
  const clock = new SimulatedClock();
  const wallMs = clock.wallMs();
  const before = new Map([["web", "promoter"], ["db", "promoter"]]);
  const after = new Map([["db", "promoter"], ["mail", "promoter"]]);
  reportReload(before, after, { decisions, logOf: () => log, clock });
  const gone =
    "no longer managed: the reloaded configuration does not have this resource; running services keep running";
  const come = "managed from now on: a reload found it in the configuration";
  assert.deepEqual(decisions.of("web"), [{ wallMs, plugin: "promoter", level: "warning", text: gone }]);
  assert.deepEqual(decisions.of("db"), []);
  assert.deepEqual(decisions.of("mail"), [{ wallMs, plugin: "promoter", level: "info", text: come }]);
  assert.deepEqual(log.lines, [`warn: web: ${gone}`, `info: mail: ${come}`]);
});
