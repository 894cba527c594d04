/** `drbddctl explain` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";
import { EXPLAIN } from "../short_lines.ts";

export const explain = defineCommand({
  ...EXPLAIN,
  group: "Inspection",
  brief: "Explain why a resource runs here, or not",
  description:
    "Explains whether the services of a resource run on this node, and why or why not, the last decisions of drbdd, and " +
    "which node could take over. With -v also everything that is in order: what DRBD allows, delays, the state of " +
    "systemd's units, preferred nodes. Changes nothing.",
  examples: [
    ["drbddctl explain web", "about the resource web"],
    ["drbddctl explain -v web", "all findings, and more decisions"],
    ["drbddctl explain --json web", "for programs"],
  ],
  args: (hints) =>
    object({
      isVerbose: withDefault(
        flag("-v", "--verbose", { description: plain("All findings, and the last ten decisions.") }),
        false,
      ),
      isJson: withDefault(flag("--json", { description: plain("One JSON object, for programs.") }), false),
      name: argument(word("RESOURCE", () => hints.resources()), { description: plain("The DRBD resource.") }),
    }),
});
