/** Removing files. */
import { ask, canAsk } from "../cli/ask.ts";
import { baseName, ConfigFiles, stem } from "../config/config_files.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { resourcesIn, warnOfPrimary } from "../services/managed.ts";
import { apply, consider, isRefused } from "./change.ts";

export interface Removal {
  readonly files: readonly string[];
  /** Removes disabled files. */
  readonly isDisabled: boolean;
  /** Do not ask. */
  readonly isForced: boolean;
}

/** Returns the exit code. */
export async function removeFiles(
  { files: words, isDisabled, isForced }: Removal,
  ctl: Ctl,
): Promise<number> {
  const { effects: { files }, err } = ctl;
  const config = await ConfigFiles.open(files, await ctl.mainFile());
  const paths = await confirmed(words, isDisabled, isForced, config, ctl);
  if (paths.length === 0) return EXIT.ok;
  const make = async () => {
    for (const path of paths) {
      await files.remove(path);
      err.line(`Removed ${path}`);
    }
  };
  // The daemon does not read disabled files.
  if (isDisabled) {
    await make();
    return EXIT.ok;
  }
  const resources = await resourcesIn(paths, ctl);
  const preview = await consider(new Map(paths.map((path) => [path, undefined])), "Removing", ctl);
  const outcome = await apply(make, preview, ctl);
  await warnOfPrimary(resources, ctl);
  return isRefused(outcome) ? EXIT.failure : EXIT.ok;
}

/** Asks once for all nodes. */
export async function askForNodes(
  { files, isForced }: Removal,
  ctl: Ctl,
  nodes: readonly string[],
): Promise<readonly string[] | "nothing"> {
  if (isForced) return [];
  const what = files.join(", ");
  if (!canAsk(ctl)) {
    throw new CtlError(`Refusing to remove ${what} without confirmation: stdin is not a terminal`, {
      remedy: "use --force",
    });
  }
  return await ask(ctl, `Remove ${what} on ${nodes.join(", ")}?`, false) ? ["--force"] : "nothing";
}

async function confirmed(
  words: readonly string[],
  isDisabled: boolean,
  isForced: boolean,
  config: ConfigFiles,
  ctl: Ctl,
): Promise<string[]> {
  const paths: string[] = [];
  for (const { path, besides } of await config.named(words, isDisabled ? "disabled" : "enabled")) {
    if (besides !== undefined) {
      throw new CtlError(`There is no file with that name; "${path}" contains a resource with that name`, {
        remedy: `drbddctl rm ${stem(baseName(path))}`,
      });
    }
    if (path === config.main) {
      throw new CtlError(`"${path}" is the main file; without it drbdd does not start`, {
        remedy: `rm ${path}, if that is what you want`,
      });
    }
    if (!await config.exists(path)) throw await config.missing(path);
    if (!isForced && !canAsk(ctl)) {
      throw new CtlError(`Refusing to remove "${path}" without confirmation: stdin is not a terminal`, {
        remedy: "use --force",
      });
    }
    if (isForced || await ask(ctl, `Remove ${path}?`, false)) paths.push(path);
    else ctl.err.line(`Not removed: ${path}`);
  }
  return paths;
}
