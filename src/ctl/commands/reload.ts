/** `drbddctl reload`: drbdd reads its configuration again. */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { flag } from "@optique/core/primitives";
import { defineCommand, plain } from "../cli/command.ts";
import { RELOAD } from "./short_lines.ts";

export const reload = defineCommand({
  ...RELOAD,
  group: "Configuration",
  brief: "Have drbdd read its configuration again",
  description:
    "Has drbdd read its configuration again and open its log files anew. A configuration with errors, or one that needs " +
    "a restart, changes nothing: with --wait the errors are printed and the exit code is 1. So does systemctl reload drbdd.",
  examples: [["drbddctl reload --wait", "and say whether it was accepted"]],
  args: () =>
    object({
      isWaiting: withDefault(
        flag("--wait", {
          description: plain("Wait until it was read; exit code 1, with the errors, if it was refused."),
        }),
        false,
      ),
    }),
});
