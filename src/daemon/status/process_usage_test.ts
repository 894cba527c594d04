import assert from "node:assert/strict";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { denoOwnProcess } from "../../effects/deno/process_usage.ts";
import { Metrics } from "./metrics.ts";
import { showProcess } from "./process_usage.ts";

async function shown(effects = new SimulatedEffects()) {
  const metrics = new Metrics();
  showProcess(metrics, await effects.ownProcess(), effects.clock);
  const values = () =>
    Object.fromEntries(
      metrics.families().map((family) => [
        `${family.name} ${family.type}`,
        family.samples().map(({ value }) => value),
      ]),
    );
  return { effects, values };
}

Deno.test("showProcess() shows what the process uses now, under the names that every exporter has", async () => {
  const { effects, values } = await shown();
  values();
  await settle();
  effects.usage = { startedMs: 1_000_500, residentBytes: 60_000_000, cpuSeconds: 2.25, openFiles: 30 };
  assert.deepEqual(values(), {
    "process_cpu_seconds_total counter": [2.25],
    "process_open_fds gauge": [20],
    "process_resident_memory_bytes gauge": [60_000_000],
    "process_start_time_seconds gauge": [1000.5],
  });
});

Deno.test("showProcess() counts files again when some seconds have gone by", async () => {
  const { effects, values } = await shown();
  values();
  await settle();
  effects.usage.openFiles = 30;
  values();
  await settle();
  assert.deepEqual(values()["process_open_fds gauge"], [20]);
  await effects.clock.advance(6_000);
  values();
  await settle();
  assert.deepEqual(values()["process_open_fds gauge"], [30]);
});

Deno.test("showProcess() shows no number of open files where it cannot be known", async () => {
  const effects = new SimulatedEffects();
  effects.usage.openFiles = undefined;
  const { values } = await shown(effects);
  values();
  await settle();
  assert.deepEqual(values()["process_open_fds gauge"], []);
});

Deno.test("denoOwnProcess knows this process", async () => {
  const { startedMs, residentBytes, cpuSeconds } = denoOwnProcess.usage();
  assert.ok(startedMs > 1_600_000_000_000 && startedMs <= Date.now());
  assert.ok(residentBytes > 10_000_000 && residentBytes < 4_000_000_000);
  assert.ok(cpuSeconds > 0.01 && cpuSeconds < 3_600);
  const before = await denoOwnProcess.openFiles() ?? 0;
  const files = await Promise.all(Array.from({ length: 10 }, () => Deno.open("/dev/null")));
  const after = await denoOwnProcess.openFiles() ?? 0;
  for (const file of files) file.close();
  assert.ok(before > 2);
  assert.ok(after >= before + 10);
});
