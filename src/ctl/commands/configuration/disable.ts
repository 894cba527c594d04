/** `drbddctl disable`: makes the daemon ignore files; with `--now` stops their services as well. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { isConfirmed } from "../../cli/confirm_all.ts";
import { EXIT } from "../../cli/ctl.ts";
import { word } from "../../cli/hints.ts";

const REMEDY = "drbddctl disable FILE, or drbddctl disable --all";

export const disable = defineCommand({
  name: "disable",
  group: "Configuration",
  brief: "Disable configuration files, and with --now stop their services",
  description:
    "Renames NAME.toml to NAME.toml.disabled and reloads drbdd. The services of a promoter keep running, unmanaged, unless " +
    "--now is given. Without FILE it asks for confirmation and disables all enabled files; --all skips the question.",
  examples: [["drbddctl disable --now web", "no longer manage web, and stop it here"]],
  isForCluster: true,
  args: (hints) =>
    object({
      isNow: withDefault(
        flag("--now", { description: plain("Also stop the services of promoters on this node.") }),
        false,
      ),
      isAll: withDefault(
        flag("--all", { description: plain("Disable all enabled files, without asking.") }),
        false,
      ),
      files: multiple(argument(word("FILE", () => hints.files("enabled")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  beforeCluster: async (extent, ctl, nodes) => {
    const question = `Disable all enabled files on ${nodes.join(", ")}?`;
    if (!await isConfirmed(extent, question, REMEDY, ctl)) return "nothing";
    return extent.files.length > 0 || extent.isAll ? [] : ["--all"];
  },
  run: async ({ isNow, isAll, files }, ctl) => {
    if (!await isConfirmed({ files, isAll }, "Disable all enabled files?", REMEDY, ctl)) return EXIT.ok;
    return await (await import("../../files/disable_files.ts")).disableFiles(files, isNow, ctl);
  },
});
