/** `drbddctl events` */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice, integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";
import { EVENT_KINDS } from "../../events/event_kinds.ts";

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
    ["drbddctl events --kind decision", "decisions of drbdd, with reasons"],
  ],
  isForCluster: false,
  args: (hints) =>
    object({
      resources: multiple(
        option("-r", "--resource", word("RESOURCE", () => hints.resources()), {
          description: plain("Only this resource; can be given several times."),
        }),
      ),
      kinds: multiple(
        option("--kind", choice(EVENT_KINDS, { metavar: "KIND" }), {
          description: plain(
            "Only this kind: resource, device, connection, peer-device, path, helper, or decision for the decisions of " +
              "drbdd, which are not shown otherwise; can be given several times.",
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
  run: async (options, ctl) => (await import("../../events/show_events.ts")).showEvents(options, ctl),
});
