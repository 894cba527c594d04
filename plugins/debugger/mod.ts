/** Logs every update at level debug, to see what DRBD does and what drbdd makes of it. */
import { describeUpdate, updateToJson } from "../../src/drbd/text/update_text.ts";
import type { Plugin } from "../../src/daemon/plugins/plugin.ts";
import type { DebuggerConfig } from "./config.ts";

/** Updates that may be queued; if the log is slower than DRBD, the rest is dropped and counted. */
const CAPACITY = 10_000;

export const debuggerPlugin: Plugin<DebuggerConfig> = {
  name: "debugger",

  async run(config, context) {
    const filter = config.resources && { resources: config.resources };
    const write = config.format === "json" ? updateToJson : describeUpdate;
    for await (const update of context.recentChanges(filter, CAPACITY)) {
      if (update.kind === "missed") {
        context.log.warn("{count} updates were not logged: the log is too slow", { count: update.count });
      } else if (context.log.isEnabledFor("debug")) context.log.debug("{update}", { update: write(update) });
    }
  },
};
