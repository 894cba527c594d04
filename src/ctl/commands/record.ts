/** `drbddctl record` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { path } from "../cli/hints.ts";

export const record = defineCommand({
  name: "record",
  group: "Looking",
  brief: "Record what DRBD says, for looking back",
  description:
    "Writes what drbdsetup events2 prints to a file, with times, until Ctrl-C or for so long. The file is text, one " +
    "line an event; drbddctl replay shows what drbdd makes of it, on any machine.",
  examples: [
    ["drbddctl record /var/tmp/alpha.events2", "until Ctrl-C"],
    ["drbddctl record --seconds 3600 /var/tmp/alpha.events2", "for an hour"],
  ],
  isForCluster: false,
  args: () =>
    object({
      file: argument(path("FILE"), { description: plain("The file to make; - for standard output.") }),
      force: option("-f", "--force", { description: plain("Replace the file, if it is there.") }),
      seconds: withDefault(
        option("--seconds", integer({ min: 1, metavar: "SECONDS" }), {
          description: plain("End after so long."),
        }),
        Infinity,
      ),
      interval: withDefault(
        option("--interval", integer({ min: 1, max: 3600, metavar: "SECONDS" }), {
          description: plain("How often counters are asked for."),
        }),
        60,
      ),
    }),
  run: async (options, ctl) => (await import("../recording/record.ts")).record(options, ctl),
});
