/** `drbddctl enable` */
import { object } from "@optique/core/constructs";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const enable = defineCommand({
  name: "enable",
  group: "Configuration",
  brief: "Enable disabled configuration files",
  description:
    "Renames NAME.toml.disabled to NAME.toml and reloads drbdd. Files that would make drbdd refuse its configuration are " +
    "not renamed. Without FILE it enables all disabled files.",
  isForCluster: true,
  args: (hints) =>
    object({
      files: multiple(argument(word("FILE", () => hints.files("disabled")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  run: async ({ files }, ctl) => await (await import("../../files/enable_files.ts")).enableFiles(files, ctl),
});
