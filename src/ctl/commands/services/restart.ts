/** `drbddctl restart`: the service, or the plugins of some files. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const restart = defineCommand({
  name: "restart",
  group: "Services",
  brief: "Restart drbdd, or the plugins of some files",
  description:
    "Without FILE, restarts drbdd; services keep running, unless stop-services-on-exit is set. With FILE, stops and " +
    "starts the plugins of these files; with --with-targets also their services, which may then start on another node.",
  isForCluster: true,
  args: (hints) =>
    object({
      withTargets: withDefault(
        flag("--with-targets", { description: plain("Also stop the services of promoters. Needs FILE.") }),
        false,
      ),
      files: multiple(argument(word("FILE", () => hints.files("enabled")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  run: async (args, ctl) => await (await import("../../files/restart_files.ts")).restart(args, ctl),
});
