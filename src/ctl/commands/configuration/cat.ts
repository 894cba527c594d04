/** `drbddctl cat`: prints configuration files. */
import { object } from "@optique/core/constructs";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { describe } from "../../../effects/describe.ts";
import { defineCommand, plain } from "../../cli/command.ts";
import { ConfigFiles } from "../../config/config_files.ts";
import { type Ctl, EXIT } from "../../cli/ctl.ts";
import { word } from "../../cli/hints.ts";

/** bat has one of two names. */
const WITH_BAT =
  'for bat in bat batcat; do command -v "$bat" >/dev/null && exec "$bat" -- "$@"; done; exec cat -- "$@"';

export const cat = defineCommand({
  name: "cat",
  group: "Configuration",
  brief: "Print configuration files",
  description: "Prints configuration files, on a terminal with bat if that is installed. " +
    "Without FILE it prints all enabled snippets.",
  isForCluster: true,
  changesNothing: true,
  args: (hints) =>
    object({
      files: multiple(argument(word("FILE", () => hints.files("any")), {
        description: plain("Absolute paths, or names without directory and ending."),
      })),
    }),
  async run({ files }, ctl) {
    const config = await ConfigFiles.open(ctl.effects.files, await ctl.mainFile());
    const found = files.length === 0 ? await config.snippets("enabled") : await config.named(files, "any");
    if (found.length === 0) {
      ctl.err.line(`There are no enabled files in "${config.directory ?? config.main}"`);
    }
    const paths = found.map(({ path }) => path);
    if (ctl.out.isTerminal && paths.length > 0) return await byBat(paths, ctl);
    let code: number = EXIT.ok;
    for (const path of paths) if (!await print(path, paths.length > 1, ctl)) code = EXIT.failure;
    return code;
  },
});

async function byBat(paths: readonly string[], { terminal, out }: Ctl): Promise<number> {
  await out.flush();
  const { code } = await terminal.attend(["sh", "-c", WITH_BAT, "sh", ...paths]);
  return code === 0 ? EXIT.ok : EXIT.failure;
}

async function print(path: string, isNamed: boolean, { effects, out, err }: Ctl): Promise<boolean> {
  try {
    const text = await effects.files.readText(path);
    if (isNamed) out.line(`# ${path}`);
    out.write(text.endsWith("\n") || text === "" ? text : `${text}\n`);
    if (isNamed) out.line();
    return true;
  } catch (error) {
    err.line(describe(error));
    return false;
  }
}
