/** `drbddctl edit`: edits configuration files, with a check before they count. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { defineCommand, plain } from "../cli/command.ts";
import { TYPES } from "../edit/templates.ts";
import { word } from "../cli/hints.ts";

export const edit = defineCommand({
  name: "edit",
  group: "Configuration",
  brief: "Edit configuration files, or begin new ones",
  description:
    "Runs $EDITOR (or $VISUAL, or vi) on a copy of each file. Afterwards the copy is checked as drbdd would " +
    "check it; when it is good it is put in place in one step, and drbdd reads its configuration again. A file that is " +
    "not there begins as a template. Without FILE all that are enabled.",
  examples: [
    ["drbddctl edit web", "begin or change /etc/drbdd.d/web.toml"],
    ["drbddctl edit -t prometheus metrics", "begin a file for another plugin than the promoter"],
  ],
  isForCluster: false,
  args: (hints) =>
    object({
      isDisabled: withDefault(
        flag("--disabled", { description: plain("The files are disabled ones, NAME.toml.disabled.") }),
        false,
      ),
      isForced: withDefault(
        flag("-f", "--force", { description: plain("Save in spite of warnings, without asking.") }),
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
  run: async (request, ctl) => await (await import("../edit/edit_files.ts")).editFiles(request, ctl),
});
