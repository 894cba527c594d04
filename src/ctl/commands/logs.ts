/** `drbddctl logs`: what drbdd decided and warned of. */
import { object } from "@optique/core/constructs";
import { optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { word } from "../cli/hints.ts";

const LINES = 50;

export const logs = defineCommand({
  name: "logs",
  group: "Looking",
  brief: "Show what drbdd decided and warned of",
  description:
    "Shows the last decisions of the promoter with their reasons, and all warnings and errors of drbdd, from the " +
    "journal; with RESOURCE only what is about it.",
  examples: [
    ["drbddctl logs web", "why web runs here, or not, as it came"],
    ["drbddctl logs -f", "what is decided from now on, until Ctrl-C"],
  ],
  isForCluster: false,
  args: (hints) =>
    object({
      isFollowing: withDefault(
        flag("-f", "--follow", { description: plain("Go on with what comes, until Ctrl-C.") }),
        false,
      ),
      lines: withDefault(
        option("-n", "--lines", integer({ min: 0, metavar: "LINES" }), {
          description: plain(`How many of the last ones to begin with (${LINES}).`),
        }),
        LINES,
      ),
      isJsonLines: withDefault(
        flag("--json", { description: plain("One JSON object a line, for programs.") }),
        false,
      ),
      resource: optional(argument(word("RESOURCE", () => hints.resources()), {
        description: plain("The DRBD resource."),
      })),
    }),
  run: async (request, ctl) => (await import("../logs/show_logs.ts")).showLogs(request, ctl),
});
