/** `drbddctl disable`: has the daemon leave files out, and stops what they looked after if that is wanted. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../command.ts";
import { word } from "../hints.ts";

export const disable = defineCommand({
  name: "disable",
  group: "Configuration",
  brief: "Disable configuration files, and with --now stop their services",
  description:
    "Renames NAME.toml to NAME.toml.disabled, and has drbdd read its configuration again. The services of a " +
    "promoter go on, unless --now is given. Without FILE all that are enabled.",
  examples: [["drbddctl disable --now web", "take web out of drbdd's hands and stop it here"]],
  isForCluster: true,
  args: (hints) =>
    object({
      isNow: withDefault(
        flag("--now", { description: plain("Also stop the services of promoters on this node.") }),
        false,
      ),
      files: multiple(argument(word("FILE", () => hints.files("enabled")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  run: async ({ isNow, files }, ctl) =>
    await (await import("../files/disable_files.ts")).disableFiles(files, isNow, ctl),
});
