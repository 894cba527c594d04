/** Options that every command has. */
import { object } from "@optique/core/constructs";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { choice, integer } from "@optique/core/valueparser";
import { plain } from "./command.ts";
import { DEFAULT_CONTEXT } from "./ctl.ts";
import { type Hints, path, word } from "./hints.ts";
import { COLOR_WHEN } from "../screen/style.ts";

/** `hints` knows contexts and nodes, for completion. */
export const globalOptions = (hints: Hints) =>
  object("Options of all commands", {
    config: optional(
      option("-c", "--config", path("FILE"), {
        description: plain("The main configuration file (default: that of the daemon)."),
      }),
    ),
    context: withDefault(
      option("--context", word("CONTEXT", () => hints.contexts()), {
        description: plain(
          "Run the command on the nodes of this cluster context; none: only on this node.",
        ),
      }),
      DEFAULT_CONTEXT,
    ),
    nodes: multiple(
      option("--nodes", word("NODE", () => hints.nodes()), {
        description: plain(
          "Only these nodes of the context, separated by commas. Can be given several times.",
        ),
      }),
    ),
    color: withDefault(
      option("--color", choice(COLOR_WHEN, { metavar: "WHEN" }), {
        description: plain("Colours: auto (on a terminal, unless NO_COLOR is set), always or never."),
      }),
      "auto" as const,
    ),
    // Passed by a drbddctl to that of another node.
    isLocal: withDefault(flag("--local", { hidden: true }), false),
    symbols: optional(option("--symbols", choice(["unicode", "ascii"]), { hidden: true })),
    columns: optional(option("--columns", integer({ min: 1 }), { hidden: true })),
  });

/** Short options with a value, which may follow without a space: -d5. */
const WITH_VALUE = "cdnrt";

/** The arguments with such values as separate words. */
export function withSeparateValues(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.flatMap((arg, place) => {
    const isAttached = arg.length > 2 && arg[0] === "-" && WITH_VALUE.includes(arg[1] ?? "-");
    return isAttached && (end < 0 || place < end) ? [arg.slice(0, 2), arg.slice(2)] : [arg];
  });
}
