/** `drbddctl start-until`: starts a part of a start list, to look for what is wrong with the rest. */
import { seq } from "@optique/core/constructs";
import { argument } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { word } from "../cli/hints.ts";

export const startUntil = defineCommand({
  name: "start-until",
  group: "Services",
  brief: "Start a part of the start list of a disabled file, for debugging",
  description:
    "Promotes the resource of a file that is disabled on all nodes, starts the first units of its start " +
    "list, and says how to go back to normal.",
  examples: [
    ["drbddctl start-until srv-web.mount web", "mount, but do not start what comes after it"],
    ["drbddctl start-until 0 web", "promote only"],
  ],
  isForCluster: false,
  args: (hints) =>
    seq(
      argument(string({ metavar: "UNTIL" }), {
        description: plain("The last unit to start, as it stands in the start list, or how many."),
      }),
      argument(word("FILE", () => hints.files("disabled")), {
        description: plain("An absolute path, or a name without directory and ending."),
      }),
    ),
  run: async ([until, file], ctl) =>
    await (await import("../start_until/start_until.ts")).startUntil(until, file, ctl),
});
