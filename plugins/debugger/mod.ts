/** Writes every update to the log, at level debug. For finding out what DRBD does, and what drbdd sees of it. */
import { describeUpdate, updateToJson } from "../../src/drbd/model/update_text.ts";
import type { Plugin } from "../../src/daemon/plugins/plugin.ts";
import type { DebuggerConfig } from "./config.ts";

/** Updates that may wait to be written; a log that is slower than DRBD is told how many it missed. */
const CAPACITY = 10_000;

export const debuggerPlugin: Plugin<DebuggerConfig> = {
  name: "debugger",

  async run(config, context) {
    const filter = config.resources && { resources: config.resources };
    const write = config.format === "json" ? updateToJson : describeUpdate;
    for await (const update of context.recentChanges(filter, CAPACITY)) {
      if (update.kind === "missed") {
        context.log.warn("{count} updates are missing here", { count: update.count });
      } else if (context.log.isEnabledFor("debug")) context.log.debug("{update}", { update: write(update) });
    }
  },
};
