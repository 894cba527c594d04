/** `drbddctl logs` */
import { object } from "@optique/core/constructs";
import { optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

const LINES = 50;

export const logs = defineCommand({
  name: "logs",
  group: "Inspection",
  brief: "Show decisions and warnings of drbdd",
  description:
    "Shows the last decisions of the promoter with their reasons, and all warnings and errors of drbdd, from the " +
    "journal; with RESOURCE only lines about it.",
  examples: [
    ["drbddctl logs web", "what was decided about web"],
    ["drbddctl logs -f", "also show new lines, until Ctrl-C"],
  ],
  isForCluster: false,
  args: (hints) =>
    object({
      isFollowing: withDefault(
        flag("-f", "--follow", { description: plain("Also show new lines, until Ctrl-C.") }),
        false,
      ),
      lines: withDefault(
        option("-n", "--lines", integer({ min: 0, metavar: "LINES" }), {
          description: plain(`How many of the last lines to show first (${LINES}).`),
        }),
        LINES,
      ),
      isJsonLines: withDefault(
        flag("--json", { description: plain("One JSON object per line, for programs.") }),
        false,
      ),
      resource: optional(argument(word("RESOURCE", () => hints.resources()), {
        description: plain("The DRBD resource."),
      })),
    }),
  run: async (request, ctl) => (await import("../../logs/show_logs.ts")).showLogs(request, ctl),
});
