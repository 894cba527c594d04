/** `drbddctl events` */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { UPDATE_KINDS } from "../../drbd/model/update.ts";
import { defineCommand, plain } from "../cli/command.ts";

export const events = defineCommand({
  name: "events",
  group: "Looking",
  brief: "Show what changes, as it changes",
  description:
    "Prints a line for everything that changes in DRBD on this node, with its time, until Ctrl-C. Counters alone " +
    "are no change.",
  examples: [
    ["drbddctl events --resource web", "of one resource"],
    ["drbddctl events --kind device --kind connection --json", "for a program"],
  ],
  isForCluster: false,
  args: () =>
    object({
      resources: multiple(
        option("-r", "--resource", string({ metavar: "RESOURCE" }), {
          description: plain("Only of this resource; may be given several times."),
        }),
      ),
      kinds: multiple(
        option("--kind", choice(UPDATE_KINDS, { metavar: "KIND" }), {
          description: plain(
            "Only of this kind: resource, device, connection, peer-device, path or helper; may be given several times.",
          ),
        }),
      ),
      json: option("--json", { description: plain("One JSON object a line, as the API has them.") }),
      direct: option("--direct", { description: plain("Ask drbdsetup, not drbdd.") }),
      interval: withDefault(
        option("--interval", integer({ min: 1, max: 3600, metavar: "SECONDS" }), {
          description: plain(
            "How often drbdsetup is asked for counters: with them comes the end of what it missed.",
          ),
        }),
        60,
      ),
    }),
  run: async (options, ctl) => (await import("../events/show_events.ts")).showEvents(options, ctl),
});
