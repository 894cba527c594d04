/** Files that a command changes, as they are named, with the questions that come up for each. */
import { ConfigFiles, DISABLED, ENABLED, stem } from "../config/config_files.ts";
import type { Ctl } from "../cli/ctl.ts";

/** A file that is to be renamed. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/**
 * The files that are to become enabled, or disabled: those that are named, or all that can. What is so already is told,
 * and left out.
 * @throws {CtlError} If one that is named is not there, or if both forms of it are.
 */
export async function renamings(
  words: readonly string[],
  toBe: "enabled" | "disabled",
  config: ConfigFiles,
  { err }: Ctl,
): Promise<Renaming[]> {
  const ending = toBe === "enabled" ? ENABLED : DISABLED;
  const renamings: Renaming[] = [];
  for (const file of await config.namedOrAll(words, toBe === "enabled" ? "disabled" : "enabled")) {
    config.requireAlone(file);
    const from = file.path;
    const to = stem(from) + ending;
    const isThere = await config.exists(from);
    const isSo = await config.exists(to);
    if (isThere && !isSo) {
      renamings.push({ from, to });
    } else if (isSo && !isThere) {
      err.line(`"${to}" is ${toBe} already`);
    } else if (isSo) {
      throw config.both(to, from);
    } else {
      throw await config.missing(from);
    }
  }
  return renamings;
}
