/** `drbddctl evict`: moves services away from this node. */
import { object } from "@optique/core/constructs";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { word } from "../cli/hints.ts";
import { EVICT, EVICTION_DELAY_S } from "./short_lines.ts";

export const evict = defineCommand({
  ...EVICT,
  group: "Services",
  brief: "Move services away from this node",
  description:
    "Stops on this node what promoters run here, so that peers take over: those without a demote failure " +
    "action first, one after the other. Each target is masked meanwhile, then unmasked and started again, which comes " +
    "to nothing where a peer has taken over. Without FILE everything that runs here: that is asked first, or takes --all.",
  examples: [
    ["drbddctl evict web", "move web to a peer"],
    ["drbddctl evict --to gamma web", "move web to gamma"],
    ["drbddctl evict --all -k && reboot", "move everything away, and keep it away until the reboot"],
    ["drbddctl evict -u", "take part again after evict -k"],
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
            "Also files with several resources or other plugins, and also if no peer is connected.",
          ),
        }),
        false,
      ),
      keepMasked: withDefault(
        flag("-k", "--keep-masked", {
          description: plain("Leave the targets masked: nothing starts here again."),
        }),
        false,
      ),
      unmask: withDefault(
        flag("-u", "--unmask", { description: plain("Evict nothing; undo an earlier --keep-masked.") }),
        false,
      ),
      to: optional(option("--to", word("NODE", hints.nodes), {
        description: plain(
          "The peer that is to take over: the others hold back meanwhile. Needs a cluster context if there are others.",
        ),
      })),
      isAll: withDefault(
        flag("--all", { description: plain("Everything that runs here, without a question.") }),
        false,
      ),
      files: multiple(argument(word("FILE", () => hints.files("enabled")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
});
