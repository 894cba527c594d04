/** Options that every command has. */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { DEFAULT_CONFIG } from "../app/arguments.ts";
import { plain } from "./command.ts";
import { path } from "./hints.ts";
import { COLOR_WHEN } from "./style.ts";

export const GLOBAL_OPTIONS = object("Options of all commands", {
  config: withDefault(
    option("-c", "--config", path("FILE"), { description: plain("The main file of the configuration.") }),
    DEFAULT_CONFIG,
  ),
  color: withDefault(
    option("--color", choice(COLOR_WHEN, { metavar: "WHEN" }), {
      description: plain("Colours: auto (on a terminal, unless NO_COLOR is set), always or never."),
    }),
    "auto" as const,
  ),
});

/** Short options that take a value, which may be written right behind them: -d5. */
const WITH_VALUE = "cdrt";

/** The arguments with such values as words of their own. */
export function withSeparateValues(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.flatMap((arg, place) => {
    const isAttached = arg.length > 2 && arg[0] === "-" && WITH_VALUE.includes(arg[1] ?? "-");
    return isAttached && (end < 0 || place < end) ? [arg.slice(0, 2), arg.slice(2)] : [arg];
  });
}
