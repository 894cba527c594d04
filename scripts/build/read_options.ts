/** The options of a command line; a wrong one ends the program with what is wrong, and where the options are. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { fail } from "./command.ts";

/** As `parseArgs`. `task` is what "--help" belongs to, for example `deno task package`. */
export function readOptions<Config extends ParseArgsConfig>(
  task: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail(
      `${error.message.replace(/\.? To specify a positional argument.*$/s, "")}: see ${task} --help`,
    );
  }
}
