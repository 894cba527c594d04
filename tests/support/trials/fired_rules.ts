/** What rules of umh run for updates, without running it. */
import type { UmhConfig } from "../../../plugins/umh/config.ts";
import { Runner } from "../../../plugins/umh/runner.ts";
import { JOIN_TASK_GROUP } from "../../../plugins/umh/run/task_group.ts";
import type { Update } from "../../../src/drbd/model/update.ts";
import { Metrics } from "../../../src/daemon/status/metrics.ts";
import { pluginConfig } from "./load_text.ts";
import { LogRecorder } from "../simulated/log_recorder.ts";
import { SimulatedEffects } from "../simulated/simulated_effects.ts";

export interface Fired {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The commands that the rules of a configuration run, in order. Nothing is to be said about the configuration. */
export async function firedBy(toml: string, updates: Iterable<Update>): Promise<Fired[]> {
  const effects = new SimulatedEffects();
  const fired: Fired[] = [];
  effects.processes.install("/bin/sh", (role) => {
    const command = role.argv[2]?.replace(JOIN_TASK_GROUP, "") ?? "";
    fired.push({ command, env: role.env });
    role.exit(0);
  });
  const config = await pluginConfig(toml) as UmhConfig;
  // With places for all of them, each is run at once.
  const runner = new Runner({ ...config, maxConcurrent: Infinity }, {
    effects,
    log: new LogRecorder(),
    metrics: new Metrics(),
  });
  for (const update of updates) runner.take(update);
  await effects.clock.advance(0);
  await runner.stop();
  return fired;
}
