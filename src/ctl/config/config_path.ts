/** The default main file: the one in the command line of this node's daemon. */
import { Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { DEFAULT_CONFIG } from "../../app/arguments.ts";
import type { Effects } from "../../effects/effects.ts";
import { DAEMON_UNIT } from "../cli/ctl.ts";
import { inTime } from "../cli/in_time.ts";

/** Short: commands that need nothing else of systemd must not wait for it. */
const LIMIT_MS = 2_000;

/**
 * `named` is the value of `--config`; `otherwise` is used if none is named and the daemon's file does not exist. Never
 * rejects: without systemd it is the default file.
 */
export async function configPathFor(
  named: string | undefined,
  effects: Effects,
  otherwise?: string,
): Promise<string> {
  if (named !== undefined) return named;
  const path = await ofDaemon(effects).catch(() => undefined) ?? DEFAULT_CONFIG;
  if (otherwise === undefined || await isThere(path, effects)) return path;
  return await isThere(otherwise, effects) ? otherwise : path;
}

async function isThere(path: string, { files }: Effects): Promise<boolean> {
  return await files.stat(path).then((found) => found !== undefined, () => true);
}

/** From the unit and its drop-ins; undefined if they name none. */
async function ofDaemon(effects: Effects): Promise<string | undefined> {
  const [unit] = await inTime(
    effects.clock,
    new Systemctl(effects).show([DAEMON_UNIT], ["ExecStart"]),
    LIMIT_MS,
  );
  return configIn(unit?.get("ExecStart") ?? "");
}

/**
 * The main file in ExecStart= as printed by systemctl. Arguments are not quoted there: a path with spaces ends before the
 * next option or field.
 */
export function configIn(execStart: string): string | undefined {
  const [, words = ""] = /argv\[\]=(.*?)(?: ; ignore_errors=|$)/s.exec(execStart) ?? [];
  const [, path] = /\s(?:--config|-c)[ =](.*?)(?:\s-.*)?$/s.exec(words) ?? [];
  return path?.startsWith("/") ? path : undefined;
}
