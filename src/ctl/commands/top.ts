/** `drbddctl top` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { SORTS } from "../top/sorts.ts";

export const top = defineCommand({
  name: "top",
  group: "Looking",
  brief: "Show all resources, live",
  description:
    "Shows the DRBD resources of this node with roles, disks, peers and progress of resyncs, worst first, and " +
    "keeps the display up to date. Press ? for the keys. Where standard output is no terminal, it prints one table and " +
    "ends.",
  examples: [
    ["drbddctl top", "live, until q"],
    ["drbddctl top --filter 'problem -web' --once", "one table of what is wrong but for web"],
  ],
  isForCluster: false,
  args: () =>
    object({
      sort: withDefault(
        option("--sort", choice(SORTS, { metavar: "ORDER" }), {
          description: plain("The order to begin with: trouble, name, primary or sync."),
        }),
        "trouble" as const,
      ),
      filter: withDefault(
        option("--filter", string({ metavar: "WORDS" }), {
          description: plain(
            "Only what these words fit: parts of names and states; problem, critical, syncing, healthy, primary, " +
              "secondary; -WORD must not fit.",
          ),
        }),
        "",
      ),
      once: option("--once", { description: plain("Print one table and end, on a terminal, too.") }),
      isJson: withDefault(
        flag("--json", {
          description: plain("One JSON object and end, for programs: resources as the API has them."),
        }),
        false,
      ),
      direct: option("--direct", { description: plain("Ask drbdsetup, not drbdd.") }),
      interval: withDefault(
        option("--interval", integer({ min: 1, max: 3600, metavar: "SECONDS" }), {
          description: plain(
            "How often drbdsetup is asked for counters. drbdd asks every statistics-poll-interval of its configuration.",
          ),
        }),
        2,
      ),
    }),
  run: async (options, ctl) => (await import("../top/show_top.ts")).showTop(options, ctl),
});
