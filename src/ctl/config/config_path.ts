/** Which main file a command is about, where none is named: the one that the daemon of this node is started with. */
import { Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { DEFAULT_CONFIG } from "../../app/arguments.ts";
import type { Effects } from "../../effects/effects.ts";
import { inTime } from "../cli/in_time.ts";

const SERVICE = "drbdd.service";
/** A systemd that does not answer must not hold up what needs nothing else of it. */
const PATIENCE_MS = 2_000;

/**
 * `named` is what `--config` says; `otherwise` is read where none is named and the one of the daemon is not there. Never
 * rejects: without systemd it is the usual file.
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

/** As the unit has it, with its drop-ins. Undefined if it names none. */
async function ofDaemon(effects: Effects): Promise<string | undefined> {
  const [unit] = await inTime(
    effects.clock,
    new Systemctl(effects).show([SERVICE], ["ExecStart"]),
    PATIENCE_MS,
  );
  return configIn(unit?.get("ExecStart") ?? "");
}

/**
 * The main file in ExecStart= as systemctl shows it. The arguments stand there without quotes: a path with spaces ends where
 * the next option or the next field begins.
 */
export function configIn(execStart: string): string | undefined {
  const [, words = ""] = /argv\[\]=(.*?)(?: ; ignore_errors=|$)/s.exec(execStart) ?? [];
  const [, path] = /\s(?:--config|-c)[ =](.*?)(?:\s-.*)?$/s.exec(words) ?? [];
  return path?.startsWith("/") ? path : undefined;
}
