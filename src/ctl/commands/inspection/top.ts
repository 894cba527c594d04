/** `drbddctl top` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { SORTS } from "../../top/state/sorts.ts";

export const top = defineCommand({
  name: "top",
  group: "Inspection",
  brief: "Show all resources, live",
  description:
    "Shows the DRBD resources of this node with roles, disks, peers and progress of resyncs, worst first, and " +
    "keeps the display up to date. Press ? for the keys. If standard output is not a terminal, it prints one table and " +
    "exits.",
  examples: [
    ["drbddctl top", "live, until q"],
    ["drbddctl top --filter 'problem -web' --once", "one table of all problems except those of web"],
  ],
  isForCluster: false,
  args: () =>
    object({
      sort: withDefault(
        option("--sort", choice(SORTS, { metavar: "ORDER" }), {
          description: plain("The initial order: trouble, name, primary or sync."),
        }),
        "trouble" as const,
      ),
      filter: withDefault(
        option("--filter", string({ metavar: "WORDS" }), {
          description: plain(
            "Show only resources that match all words: parts of names and states; problem, down, syncing, healthy, " +
              "primary, secondary; -WORD excludes.",
          ),
        }),
        "",
      ),
      once: option("--once", { description: plain("Print one table and exit, also on a terminal.") }),
      isJson: withDefault(
        flag("--json", {
          description: plain("Print one JSON object and exit: resources as in the API."),
        }),
        false,
      ),
      direct: option("--direct", { description: plain("Read from drbdsetup instead of drbdd.") }),
      interval: withDefault(
        option("--interval", integer({ min: 1, max: 3600, metavar: "SECONDS" }), {
          description: plain(
            "How often to read counters from drbdsetup. drbdd reads them every statistics-poll-interval.",
          ),
        }),
        2,
      ),
    }),
  run: async (options, ctl) => (await import("../../top/show_top.ts")).showTop(options, ctl),
});
