/** The files to enable or disable. */
import { ConfigFiles, DISABLED, ENABLED, stem } from "../config/config_files.ts";
import type { Ctl } from "../cli/ctl.ts";

/** A file to rename. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/**
 * The files to enable or disable: the named ones, or all. Files that are already so are reported and skipped.
 * @throws {CtlError} If a named file does not exist, or both forms of it do.
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
