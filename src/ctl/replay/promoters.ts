/** The promoters of a replay: real state machines and controllers, with services that exist only in the replay. */
import { Actor } from "../../../plugins/promoter/control/actor.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import { Report } from "../../../plugins/promoter/control/report/report.ts";
import type { SplitBrainProtection } from "../../../plugins/promoter/decide/state.ts";
import type { PluginContext } from "../../daemon/plugins/plugin.ts";
import { type Playback, RecordedServices } from "./recorded_services.ts";

/** Starts a promoter for each resource. They run until the context's signal aborts. */
export function startPromoters(
  context: PluginContext,
  playback: Playback,
  configs: readonly ResourceConfig[],
  protectionOf: (resource: string) => SplitBrainProtection,
): void {
  const report = new Report(context);
  for (const config of configs) {
    const services = new RecordedServices(playback, config);
    // There is no DRBD to query: the recording is used.
    const ask = () => Promise.resolve("gone" as const);
    const actor = new Actor(context, config, services, report, step, ask);
    // Preparations count as done, and DRBD's options are known as soon as the resource is.
    void actor.follow((news) => {
      if (news !== "new") return;
      const protection = protectionOf(config.name);
      // Changes of options are not recorded.
      actor.setProtection(protection, Infinity);
      if (protection === "none") {
        report.leftAlone(
          config.name,
          "neither quorum nor fencing keeps two nodes from being Primary at once",
        );
      }
    });
    actor.prepared();
  }
}
