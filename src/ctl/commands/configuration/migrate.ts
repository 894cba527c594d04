/** `drbddctl migrate` */
import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { defineCommand, plain } from "../../cli/command.ts";
import { path } from "../../cli/hints.ts";
import { REACTOR_CONFIG } from "../../cli/reactorctl.ts";

export const migrate = defineCommand({
  name: "migrate",
  group: "Configuration",
  brief: "Migrate the configuration of drbd-reactor",
  description:
    "Checks a configuration of drbd-reactor, prints what will change with drbdd, and writes it as drbdd's configuration: " +
    "the main file named by --config, and its snippets beside it. Existing files are not overwritten without --force, " +
    "except the unmodified main file of the package. The old files and all services stay as they are.",
  examples: [
    ["drbddctl migrate --dry-run", "show what would be written, and what will change"],
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
          "Overwrite existing files (keeping a copy of each), and write also if there are errors.",
        ),
      }),
    }),
  run: async (options, ctl) => (await import("../../migrate/show_migration.ts")).migrate(options, ctl),
});
