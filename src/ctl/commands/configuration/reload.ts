/** `drbddctl reload`: drbdd reads its configuration again. */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { RELOAD } from "../short_lines.ts";

export const reload = defineCommand({
  ...RELOAD,
  group: "Configuration",
  brief: "Reload the configuration",
  description:
    "Makes drbdd reload its configuration and reopen its log files. A configuration with errors, or one that needs a " +
    "restart, is not applied; with --wait the errors are printed and the exit code is 1. systemctl reload drbdd runs " +
    "this command with --wait.",
  examples: [["drbddctl reload --wait", "wait, and report whether it was accepted"]],
  args: () =>
    object({
      isWaiting: withDefault(
        flag("--wait", {
          description: plain(
            "Wait for the result; if the configuration is refused, print the errors and exit with 1.",
          ),
        }),
        false,
      ),
    }),
});
