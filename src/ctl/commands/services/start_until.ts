/** `drbddctl start-until`: starts the first units of a start list, to debug the rest by hand. */
import { seq } from "@optique/core/constructs";
import { argument } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const startUntil = defineCommand({
  name: "start-until",
  group: "Services",
  brief: "Start the first units of a disabled file, for debugging",
  description:
    "Promotes the resource of a file that is disabled on all nodes, starts the first units of its start " +
    "list, and prints the commands that undo this.",
  examples: [
    ["drbddctl start-until srv-web.mount web", "mount, but start nothing after it"],
    ["drbddctl start-until 0 web", "promote only"],
  ],
  isForCluster: false,
  args: (hints) =>
    seq(
      argument(string({ metavar: "UNTIL" }), {
        description: plain("The last unit to start, as written in the start list, or the number of units."),
      }),
      argument(word("FILE", () => hints.files("disabled")), {
        description: plain("An absolute path, or a name without directory and ending."),
      }),
    ),
  run: async ([until, file], ctl) =>
    await (await import("../../start_until/start_until.ts")).startUntil(until, file, ctl),
});
