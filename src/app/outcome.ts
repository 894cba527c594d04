/** Log texts for the outcome of a reload: drbddctl searches the journal for them. */

export const RELOADED = "Configuration reloaded";

/** Followed by the errors, one per line. */
export const RELOAD_HAS_ERRORS =
  "Configuration not reloaded because of these errors; keeping the previous one";

/** `{missing}` is in words. */
export const RELOAD_NEEDS_RESTART =
  "Configuration not reloaded: it needs permissions that drbdd gave up when it started ({missing}); " +
  "keeping the previous one until drbdd is restarted";

export type ReloadOutcome =
  | { readonly kind: "taken" }
  | { readonly kind: "errors" }
  | { readonly kind: "needsRestart"; readonly missing: string };

/** The outcome of a reload in a line of the log, if any. */
export function outcomeIn(line: string): ReloadOutcome | undefined {
  if (line.includes(RELOAD_HAS_ERRORS)) return { kind: "errors" };
  const [begin = "", end = ""] = RELOAD_NEEDS_RESTART.split("{missing}");
  const from = line.indexOf(begin);
  const to = line.indexOf(end);
  if (from >= 0 && to > from) return { kind: "needsRestart", missing: line.slice(from + begin.length, to) };
  return line.includes(RELOADED) ? { kind: "taken" } : undefined;
}
