/** `drbddctl rm`: removes configuration files. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const rm = defineCommand({
  name: "rm",
  group: "Configuration",
  brief: "Remove configuration files",
  description: "Removes files after asking, and reloads drbdd. Services keep running.",
  isForCluster: true,
  args: (hints) =>
    object({
      isForced: withDefault(flag("-f", "--force", { description: plain("Do not ask.") }), false),
      isDisabled: withDefault(
        flag("--disabled", { description: plain("Remove disabled files, NAME.toml.disabled.") }),
        false,
      ),
      files: multiple(
        argument(word("FILE", () => hints.files("any")), {
          description: plain("Absolute paths, or names without directory and ending."),
        }),
        { min: 1 },
      ),
    }),
  beforeCluster: async (args, ctl, nodes) =>
    await (await import("../../files/remove_files.ts")).askForNodes(args, ctl, nodes),
  run: async (args, ctl) => await (await import("../../files/remove_files.ts")).removeFiles(args, ctl),
});
