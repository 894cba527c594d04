/**
 * The result of the daemon's last (re)load of its configuration, in a file next to its sockets: for `drbddctl reload`,
 * which waits for it, and `drbddctl status`. The log may be somewhere drbddctl cannot read.
 */
import { runtimeDirectory } from "../../effects/own_folders.ts";
import type { Effects } from "../../effects/effects.ts";

/** systemd's default place for what the service keeps while it runs. */
const RUNTIME_DIRECTORY = "/run/drbdd";
const NAME = "configuration.json";
/** The configuration that holds, as TOML with its secrets hidden: for drbddctl, when the files have errors. */
export const HELD_CONFIG = "loaded.toml";

export type ReadingResult =
  /** It is the one that holds. */
  | "loaded"
  /** It has errors; the previous one is kept. */
  | "errors"
  /** It needs permissions that drbdd gave up; the previous one is kept. */
  | "needsRestart";

export interface ConfigStatus {
  /** When the files began to be read, and when that was over, in milliseconds since 1970. */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly result: ReadingResult;
  /** Each with its place, or what is missing. */
  readonly errors: readonly string[];
  /** When the configuration that holds was loaded. */
  readonly loadedMs: number;
}

/** Its path; undefined for a daemon without a runtime directory, which systemd did not start. */
export function pathForDaemon(effects: Pick<Effects, "environment">): string | undefined {
  return runtimePath(effects, NAME);
}

/** A file in the daemon's own place in /run, if it has one. */
export function runtimePath(effects: Pick<Effects, "environment">, name: string): string | undefined {
  const directory = runtimeDirectory((name) => effects.environment(name));
  return directory === undefined ? undefined : `${directory}/${name}`;
}

/** Where drbddctl finds such a file: systemd's place, unless it runs in the daemon's environment. */
export function runtimePathForReaders(effects: Pick<Effects, "environment">, name: string): string {
  return runtimePath(effects, name) ?? `${RUNTIME_DIRECTORY}/${name}`;
}

/** Undefined if there is none, or one that cannot be read. */
export async function readConfigStatus(
  effects: Pick<Effects, "files" | "environment">,
): Promise<ConfigStatus | undefined> {
  try {
    const value: unknown = JSON.parse(await effects.files.readText(runtimePathForReaders(effects, NAME)));
    return isConfigStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isConfigStatus(value: unknown): value is ConfigStatus {
  if (typeof value !== "object" || value === null) return false;
  const { beganMs, endedMs, loadedMs, result, errors } = value as Partial<
    Record<keyof ConfigStatus, unknown>
  >;
  return [beganMs, endedMs, loadedMs].every((each) => typeof each === "number") &&
    (result === "loaded" || result === "errors" || result === "needsRestart") &&
    Array.isArray(errors) && errors.every((each) => typeof each === "string");
}
