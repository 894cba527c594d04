/** `drbddctl events` */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { UPDATE_KINDS } from "../../drbd/model/update.ts";
import { defineCommand, plain } from "../cli/command.ts";

export const events = defineCommand({
  name: "events",
  group: "Inspection",
  brief: "Show changes as they happen",
  description:
    "Prints a line with the time for each change in DRBD on this node, until Ctrl-C. Changes of counters alone are not " +
    "shown.",
  examples: [
    ["drbddctl events --resource web", "one resource"],
    ["drbddctl events --kind device --kind connection --json", "for a program"],
  ],
  isForCluster: false,
  args: () =>
    object({
      resources: multiple(
        option("-r", "--resource", string({ metavar: "RESOURCE" }), {
          description: plain("Only this resource; can be given several times."),
        }),
      ),
      kinds: multiple(
        option("--kind", choice(UPDATE_KINDS, { metavar: "KIND" }), {
          description: plain(
            "Only this kind: resource, device, connection, peer-device, path or helper; can be given several times.",
          ),
        }),
      ),
      json: option("--json", { description: plain("Print one JSON object per line, as in the API.") }),
      direct: option("--direct", { description: plain("Read from drbdsetup instead of drbdd.") }),
      interval: withDefault(
        option("--interval", integer({ min: 1, max: 3600, metavar: "SECONDS" }), {
          description: plain(
            "How often to read counters if drbdsetup is the source; this also finds changes that events2 missed.",
          ),
        }),
        60,
      ),
    }),
  run: async (options, ctl) => (await import("../events/show_events.ts")).showEvents(options, ctl),
});
