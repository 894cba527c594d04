/** `drbddctl unhold`: undoes `drbddctl hold`. */
import { object } from "@optique/core/constructs";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const unhold = defineCommand({
  name: "unhold",
  group: "Services",
  brief: "End a hold, so that drbdd manages the services again",
  description:
    "Ends holds on this node, in a cluster context on all of its nodes. drbdd then acts at once: it starts services that " +
    "may run here and moves those that a preferred node should run. Without RESOURCE it ends all holds.",
  examples: [["drbddctl unhold web", "drbdd manages web again"]],
  isForCluster: true,
  args: (hints) =>
    object({
      reason: optional(option("-r", "--reason", string({ metavar: "TEXT" }), {
        description: plain("End only holds that were set with this reason."),
      })),
      resources: multiple(
        argument(word("RESOURCE", hints.resources), {
          description: plain("DRBD resources that are on hold."),
        }),
      ),
    }),
  run: async (request, ctl) => await (await import("../../hold/hold.ts")).unhold(request, ctl),
});
