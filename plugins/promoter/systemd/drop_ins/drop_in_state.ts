/** Whether systemd has loaded the drop-ins of a unit as they are on disk. */
import type { Properties } from "../units/systemctl.ts";

/** Whether systemd's state of a unit differs from its files, or lacks one of these. */
export function isOutOfDate(state: Properties, paths: readonly string[]): boolean {
  if (state.get("NeedDaemonReload") === "yes") return true;
  // systemd loads no drop-ins of masked or missing units.
  if (state.get("LoadState") !== "loaded") return false;
  // A file of the same name in /etc overrides ours.
  const loaded = (state.get("DropInPaths") ?? "").split(" ").map(nameOf);
  // systemd lists its own files only, not the environment files they refer to.
  return paths.filter((path) => path.endsWith(".conf")).some((path) => !loaded.includes(nameOf(path)));
}

export function isPromotion(unit: string): boolean {
  return unit.startsWith("drbd-promote@");
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
