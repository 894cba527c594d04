/** Runs commands of the administrator when something happens to DRBD. See README.md for what rules can say. */
import { Pace } from "../../src/daemon/source/pace.ts";
import type { Plugin } from "../../src/daemon/plugins/plugin.ts";
import type { UmhConfig } from "./config.ts";
import { subscriptionFor } from "./matching.ts";
import { LONGEST_STOP_MS, Runner } from "./runner.ts";

export const umh: Plugin<UmhConfig> = {
  name: "umh",
  // Nothing is missed while commands of the old rules have their time to end.
  overlaps: true,
  stopTimeoutMs: LONGEST_STOP_MS + 1_000,
  // Commands of administrators are not cut off by the end of drbdd.
  exitTimeoutMs: LONGEST_STOP_MS + 1_000,

  async run(config, context) {
    const runner = new Runner(config, context);
    try {
      const pace = new Pace(context.effects.clock);
      for await (const update of context.changes(subscriptionFor(config.rules))) {
        runner.take(update);
        if (pace.isDue) await pace.giveWay();
      }
    } finally {
      await runner.stop();
    }
  },
};
