import assert from "node:assert/strict";
import { UnitFile } from "./unit_file.ts";

const CASES = [["2", 2_000], ["100ms", 100], ["1.5 s", 1_500], ["2min", 120_000]] as const;

for (const [text, ms] of CASES) {
  Deno.test(`UnitFile.durationMs() of ${text}`, () => {
    assert.equal(
      new UnitFile("a.service", [`[Service]\nRestartSec=${text}\n`]).durationMs("Service.RestartSec", 7),
      ms,
    );
  });
}

Deno.test("UnitFile.durationMs() of what it does not know", () => {
  const file = new UnitFile("a.service", ["[Service]\nRestartSec=soon\n"]);
  assert.throws(() => file.durationMs("Service.RestartSec", 7), /does not know the time span "soon"/);
  assert.equal(file.durationMs("Service.TimeoutStopSec", 7), 7);
});
