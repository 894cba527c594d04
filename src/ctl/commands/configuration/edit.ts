/** `drbddctl edit`: edits configuration files, and checks them before they are installed. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { TYPES } from "../../edit/templates.ts";
import { word } from "../../cli/hints.ts";

export const edit = defineCommand({
  name: "edit",
  group: "Configuration",
  brief: "Edit or create configuration files",
  description:
    "Runs $EDITOR (or $VISUAL, or vi) on a copy of each file and checks the copy as drbdd would. If there are no errors, it " +
    "replaces the file in one step and reloads drbdd. A new file starts as a template. Without FILE it edits all " +
    "enabled files.",
  examples: [
    ["drbddctl edit web", "create or change /etc/drbdd.d/web.toml"],
    ["drbddctl edit -t prometheus metrics", "create a file for another plugin than the promoter"],
  ],
  isForCluster: false,
  args: (hints) =>
    object({
      isDisabled: withDefault(
        flag("--disabled", { description: plain("Edit disabled files, NAME.toml.disabled.") }),
        false,
      ),
      isForced: withDefault(
        flag("-f", "--force", { description: plain("Save despite warnings, without asking.") }),
        false,
      ),
      type: withDefault(
        option("-t", "--type", choice(TYPES, { metavar: "TYPE" }), {
          description: plain(`The template of new files: ${TYPES.join(", ")}.`),
        }),
        "promoter" as const,
      ),
      files: multiple(argument(word("FILE", () => hints.files("any")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  run: async (request, ctl) => await (await import("../../edit/edit_files.ts")).editFiles(request, ctl),
});
