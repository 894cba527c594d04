/** `drbddctl check` */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { defineCommand, plain } from "../cli/command.ts";
import { word } from "../cli/hints.ts";

export const check = defineCommand({
  name: "check",
  group: "Configuration",
  brief: "Say what is wrong with the configuration, or with this node",
  description:
    "Reads the configuration as drbdd does, and tells all that is wrong with it, each with its place. Words that " +
    "drbdd does not know are errors here, unless --lenient asks for the verdict of drbdd: the exit code is 0 if it would " +
    "run. With --system it also looks whether this node is fit for it: units, DRBD's " +
    "options, drbd-utils, systemd.",
  examples: [
    ["drbddctl check", "all that drbdd would read"],
    ["drbddctl check web.toml.disabled", "a file, as if it were enabled"],
    ["drbddctl check --lenient", "whether drbdd would run with it"],
    ["drbddctl check --system", "the configuration and this node"],
  ],
  isForCluster: true,
  changesNothing: true,
  args: (hints) =>
    object({
      files: multiple(
        argument(word("FILE", () => hints.files("any")), {
          description: plain(
            "Only of these files, by absolute path or by name; also of those that drbdd does not read.",
          ),
        }),
      ),
      lenient: option("--lenient", {
        description: plain("Words that drbdd does not know are warnings, as they are for drbdd."),
      }),
      isJson: withDefault(flag("--json", { description: plain("One JSON object, for programs.") }), false),
      system: option("--system", { description: plain("Look at this node as well.") }),
    }),
  run: async (options, ctl) => (await import("../check/show_check.ts")).showCheck(options, ctl),
});
