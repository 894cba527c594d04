/** `drbddctl status`: where resources run, and how their units are. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag, option } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";
import { STATUS } from "../short_lines.ts";

export const status = defineCommand({
  ...STATUS,
  group: "Services",
  brief: "Show where resources run and how their units are (the default)",
  description:
    "Prints a summary, then one line for each resource of a promoter, worst first: where it is Primary, and its worst " +
    "problem. If they do not fit the terminal, healthy resources share lines. With -v or a name it also shows the target, " +
    "the promote unit and all units of the start list, marked with dots as by systemctl, and all problems, each with " +
    "what to do. The exit code is 0 if all is healthy, 3 if something is degraded, 4 if a resource or service is down, " +
    "5 if that is unknown; with --json, or called as drbd-reactorctl, it is 0 as long as DRBD and systemd answer.",
  examples: [
    ["drbddctl status web", "one resource or file, with its units and what to do"],
    ["drbddctl status -v web", "with systemctl's status of its units"],
    ["drbddctl status --json", "for programs"],
  ],
  args: (hints) =>
    object({
      resources: multiple(option("-r", "--resource", word("RESOURCE", () => hints.resources()), {
        description: plain("Only this resource. Can be given several times."),
      })),
      isVerbose: withDefault(
        flag("-v", "--verbose", {
          description: plain(
            "All units and problems, the status of DRBD and systemctl, and whether the ports of plugins answer.",
          ),
        }),
        false,
      ),
      isJson: withDefault(flag("--json", { description: plain("One JSON object, for programs.") }), false),
      files: multiple(argument(word("FILE", () => hints.files("any")), {
        description: plain("Only these files: absolute paths, or names without directory and ending."),
      })),
    }),
});
