/** Whether what systemd has loaded of a unit's drop-ins is what stands in its files. */
import type { Properties } from "../units/systemctl.ts";

/** What systemd has loaded of a unit is not what stands in its files, or lacks one of these. */
export function isOutOfDate(state: Properties, paths: readonly string[]): boolean {
  if (state.get("NeedDaemonReload") === "yes") return true;
  // Of what is masked or missing, drop-ins are not loaded.
  if (state.get("LoadState") !== "loaded") return false;
  // One of the same name in /etc goes before ours.
  const loaded = (state.get("DropInPaths") ?? "").split(" ").map(nameOf);
  // systemd names its own files only, not the environment files that they name.
  return paths.filter((path) => path.endsWith(".conf")).some((path) => !loaded.includes(nameOf(path)));
}

export function isPromotion(unit: string): boolean {
  return unit.startsWith("drbd-promote@");
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
