/** `drbddctl check` */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const check = defineCommand({
  name: "check",
  group: "Configuration",
  brief: "Check the configuration, and with --system this node",
  description:
    "Reads the configuration as drbdd does and prints all problems, each with file, line and column. Unknown keys are " +
    "errors; with --lenient they are warnings, as for the daemon. With --system it also checks this node: units, DRBD's " +
    "options, drbd-utils, systemd. The exit code is 0 if there are no errors.",
  examples: [
    ["drbddctl check", "all files that drbdd reads"],
    ["drbddctl check web.toml.disabled", "a file, as if it were enabled"],
    ["drbddctl check --lenient", "whether drbdd would accept it"],
    ["drbddctl check --system", "the configuration and this node"],
  ],
  isForCluster: true,
  changesNothing: true,
  args: (hints) =>
    object({
      files: multiple(
        argument(word("FILE", () => hints.files("any")), {
          description: plain(
            "Report only on these files, by absolute path or by name; they may be disabled.",
          ),
        }),
      ),
      lenient: option("--lenient", {
        description: plain("Unknown keys are warnings, as for the daemon."),
      }),
      isJson: withDefault(flag("--json", { description: plain("One JSON object, for programs.") }), false),
      system: option("--system", { description: plain("Check this node as well.") }),
    }),
  run: async (options, ctl) => (await import("../../check/show_check.ts")).showCheck(options, ctl),
});
