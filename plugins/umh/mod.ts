/** Runs the administrator's commands when DRBD's state changes. README.md describes the rules. */
import { TimeSlice } from "../../src/daemon/source/time_slice.ts";
import type { Plugin } from "../../src/daemon/plugins/plugin.ts";
import type { UmhConfig } from "./config.ts";
import { subscriptionFor } from "./matching.ts";
import { LONGEST_STOP_MS, Runner } from "./runner.ts";

export const umh: Plugin<UmhConfig> = {
  name: "umh",
  // No event is lost while the old rules' commands get their time to end.
  overlaps: true,
  stopTimeoutMs: LONGEST_STOP_MS + 1_000,
  // Commands are not killed immediately when drbdd stops.
  exitTimeoutMs: LONGEST_STOP_MS + 1_000,

  async run(config, context) {
    const runner = new Runner(config, context);
    try {
      const slice = new TimeSlice(context.effects.clock);
      for await (const update of context.changes(subscriptionFor(config.rules))) {
        runner.take(update);
        if (slice.isOver) await slice.yield();
      }
    } finally {
      await runner.stop();
    }
  },
};
