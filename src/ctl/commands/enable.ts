/** `drbddctl enable`: has the daemon read files again that were disabled. */
import { object } from "@optique/core/constructs";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { defineCommand, plain } from "../cli/command.ts";
import { word } from "../cli/hints.ts";

export const enable = defineCommand({
  name: "enable",
  group: "Configuration",
  brief: "Enable configuration files that are disabled",
  description:
    "Renames NAME.toml.disabled to NAME.toml, and has drbdd read its configuration again. Files with which " +
    "drbdd would refuse its configuration stay as they are. Without FILE all that are disabled.",
  isForCluster: true,
  args: (hints) =>
    object({
      files: multiple(argument(word("FILE", () => hints.files("disabled")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  run: async ({ files }, ctl) => await (await import("../files/enable_files.ts")).enableFiles(files, ctl),
});
