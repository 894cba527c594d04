/** `drbddctl migrate` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { defineCommand, plain } from "../cli/command.ts";
import { path } from "../cli/hints.ts";
import { REACTOR_CONFIG } from "../cli/reactorctl.ts";

export const migrate = defineCommand({
  name: "migrate",
  group: "Configuration",
  brief: "Take over the configuration of drbd-reactor",
  description:
    "Checks a configuration of drbd-reactor, tells what will be different with drbdd, and writes it as drbdd's: the " +
    "main file that --config names, and its snippets beside it. Existing files are not overwritten without --force, but " +
    "for the main file of the package if it is untouched; the old ones stay as they are. No service is touched.",
  examples: [
    ["drbddctl migrate --dry-run", "what would be done, and what will be different"],
    ["drbddctl migrate", "from /etc/drbd-reactor.toml to /etc/drbdd.toml"],
  ],
  isForCluster: true,
  args: () =>
    object({
      from: withDefault(
        argument(path("FILE"), {
          description: plain(`The main file of drbd-reactor; ${REACTOR_CONFIG} by default.`),
        }),
        REACTOR_CONFIG,
      ),
      dryRun: option("-n", "--dry-run", { description: plain("Write nothing.") }),
      force: option("-f", "--force", {
        description: plain(
          "Overwrite files that are there, which are kept beside, and write what has errors.",
        ),
      }),
    }),
  run: async (options, ctl) => (await import("../migrate/show_migration.ts")).migrate(options, ctl),
});
