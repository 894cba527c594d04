/** `drbddctl record` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { path } from "../../cli/hints.ts";

export const record = defineCommand({
  name: "record",
  group: "Inspection",
  brief: "Record DRBD's events, for later analysis",
  description:
    "Writes what drbdsetup events2 prints to a file, with times, until Ctrl-C or for --seconds. The file is text, one " +
    "event per line; drbddctl replay shows on any machine what drbdd would have decided.",
  examples: [
    ["drbddctl record /var/tmp/alpha.events2", "until Ctrl-C"],
    ["drbddctl record --seconds 3600 /var/tmp/alpha.events2", "for an hour"],
  ],
  isForCluster: false,
  args: () =>
    object({
      file: argument(path("FILE"), { description: plain("The file to write; - for standard output.") }),
      force: option("-f", "--force", { description: plain("Overwrite an existing file.") }),
      seconds: withDefault(
        option("--seconds", integer({ min: 1, metavar: "SECONDS" }), {
          description: plain("Stop after this time."),
        }),
        Infinity,
      ),
      interval: withDefault(
        option("--interval", integer({ min: 1, max: 3600, metavar: "SECONDS" }), {
          description: plain("How often to read counters."),
        }),
        60,
      ),
    }),
  run: async (options, ctl) => (await import("../../recording/record.ts")).record(options, ctl),
});
