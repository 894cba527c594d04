/** `drbddctl replay` */
import { object } from "@optique/core/constructs";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { choice, float, string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { path } from "../cli/hints.ts";

export const replay = defineCommand({
  name: "replay",
  group: "Looking",
  brief: "Show what drbdd makes of a recording",
  description:
    "Plays a recording of drbddctl record, or other output of drbdsetup events2, to the daemon's own core: shows " +
    "every change, and what the promoter would have decided, and why. Nothing is touched: it runs on any machine. What " +
    "the recording does not tell is taken for granted, and said at the beginning.",
  examples: [
    ["drbddctl replay alpha.events2 | less", "all of it"],
    ["drbddctl replay --decisions -r web alpha.events2", "what the promoter would have done with web"],
    ["drbddctl replay --speed 10 alpha.events2", "as it was, ten times as fast"],
  ],
  isForCluster: false,
  args: () =>
    object({
      file: argument(path("FILE"), {
        description: plain(
          "The recording. Of NAME.events2.txt, NAME.times.txt beside it is read as well: seconds since 1970 for each line.",
        ),
      }),
      resources: multiple(
        option("-r", "--resource", string({ metavar: "RESOURCE" }), {
          description: plain("Only of this resource; may be given several times."),
        }),
      ),
      node: optional(
        option("--node", string({ metavar: "NODE" }), {
          description: plain(
            "The node whose eyes it is seen with, for preferred-nodes; the recorded one, if it is known.",
          ),
        }),
      ),
      avoidance: withDefault(
        option("--avoidance", choice(["quorum", "fencing", "none"], { metavar: "HOW" }), {
          description: plain("What keeps two nodes from being Primary at once, where that is not recorded."),
        }),
        "quorum" as const,
      ),
      speed: optional(
        option("--speed", float({ min: 0.01, metavar: "TIMES" }), {
          description: plain("Play in real time, so many times as fast. Otherwise at once."),
        }),
      ),
      decisions: option("--decisions", { description: plain("Only what the promoter would have decided.") }),
      json: option("--json", { description: plain("One JSON object a line.") }),
    }),
  run: async (options, ctl) => (await import("../replay/play_file.ts")).playFile(options, ctl),
});
