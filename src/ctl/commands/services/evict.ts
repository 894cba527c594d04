/** `drbddctl evict`: moves services away from this node. */
import { object } from "@optique/core/constructs";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { filesAndResources, word } from "../../cli/hints.ts";
import { EVICT, EVICTION_DELAY_S } from "../short_lines.ts";

export const evict = defineCommand({
  ...EVICT,
  group: "Services",
  brief: "Move services away from this node",
  description:
    "Stops the services of promoters on this node so that peers take over, one resource after the other, those without " +
    "on-drbd-demote-failure first. Each target is masked meanwhile, then unmasked and started again, which has no effect " +
    "if a peer has taken over. Without FILE it asks for confirmation and evicts everything that runs here; --all skips " +
    "the question.",
  examples: [
    ["drbddctl evict web", "move web to a peer"],
    ["drbddctl evict --to gamma web", "move web to gamma"],
    ["drbddctl evict --all -k && reboot", "move everything away until after the reboot"],
    ["drbddctl evict -u", "undo evict -k"],
  ],
  args: (hints) =>
    object({
      delayS: withDefault(
        option("-d", "--delay", integer({ min: 1, metavar: "SECONDS" }), {
          description: plain(`How long to wait for a peer to take over (${EVICTION_DELAY_S}).`),
        }),
        EVICTION_DELAY_S,
      ),
      isForced: withDefault(
        flag("-f", "--force", {
          description: plain(
            "Also evict files with several resources or other plugins, and resources without a connected peer.",
          ),
        }),
        false,
      ),
      keepMasked: withDefault(
        flag("-k", "--keep-masked", {
          description: plain("Leave the targets masked, so that nothing starts here again."),
        }),
        false,
      ),
      unmask: withDefault(
        flag("-u", "--unmask", { description: plain("Evict nothing; undo an earlier --keep-masked.") }),
        false,
      ),
      to: optional(option("--to", word("NODE", hints.nodes), {
        description: plain(
          "The peer that should take over; other peers are put on hold meanwhile, which needs a cluster context.",
        ),
      })),
      isAll: withDefault(
        flag("--all", { description: plain("Evict everything that runs here, without asking.") }),
        false,
      ),
      isJson: withDefault(
        flag("--json", {
          description: plain("Also print the outcome for each resource, as one JSON object."),
        }),
        false,
      ),
      files: multiple(argument(word("FILE", () => filesAndResources(hints)), {
        description: plain("Absolute paths, names without directory and ending, or names of resources."),
      })),
    }),
});
