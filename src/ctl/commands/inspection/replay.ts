/** `drbddctl replay` */
import { object } from "@optique/core/constructs";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { choice, float, string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { path } from "../../cli/hints.ts";

export const replay = defineCommand({
  name: "replay",
  group: "Inspection",
  brief: "Show what drbdd would decide on a recording",
  description:
    "Feeds a recording of drbddctl record, or other output of drbdsetup events2, to the daemon's own code, and prints " +
    "every change and what the promoter would have decided, with reasons. It runs on any machine and changes nothing. " +
    "Assumptions about anything the recording lacks are listed first.",
  examples: [
    ["drbddctl replay alpha.events2 | less", "all of it"],
    ["drbddctl replay --decisions -r web alpha.events2", "what the promoter would have done with web"],
    ["drbddctl replay --speed 10 alpha.events2", "at ten times real speed"],
  ],
  isForCluster: false,
  args: () =>
    object({
      file: argument(path("FILE"), {
        description: plain(
          "The recording. For NAME.events2.txt, times are read from NAME.times.txt beside it: seconds since 1970, one per line.",
        ),
      }),
      resources: multiple(
        option("-r", "--resource", string({ metavar: "RESOURCE" }), {
          description: plain("Only this resource; can be given several times."),
        }),
      ),
      node: optional(
        option("--node", string({ metavar: "NODE" }), {
          description: plain(
            "Evaluate as this node (matters for preferred-nodes). Default: the recorded node, if known.",
          ),
        }),
      ),
      protection: withDefault(
        option("--avoidance", choice(["quorum", "fencing", "none"], { metavar: "HOW" }), {
          description: plain("The split-brain protection to assume if it is not recorded."),
        }),
        "quorum" as const,
      ),
      speed: optional(
        option("--speed", float({ min: 0.01, metavar: "TIMES" }), {
          description: plain("Play at this many times real speed (default: no delay)."),
        }),
      ),
      decisions: option("--decisions", {
        description: plain("Print only what the promoter would have decided."),
      }),
      json: option("--json", { description: plain("Print one JSON object per line.") }),
    }),
  run: async (options, ctl) => (await import("../../replay/play_file.ts")).playFile(options, ctl),
});
