/** How a reload ended, as the log says it: drbddctl looks for these texts in the journal. */

export const RELOADED = "The configuration was read again";

/** After the errors, one a line. */
export const RELOAD_HAS_ERRORS =
  "The configuration was not read again because of these errors; the one before stays";

/** `{missing}` is in words. */
export const RELOAD_NEEDS_RESTART =
  "The configuration needs what drbdd gave back when it started ({missing}): restart drbdd to use it; " +
  "the one before stays";

export type ReloadOutcome =
  | { readonly kind: "taken" }
  | { readonly kind: "errors" }
  | { readonly kind: "needsRestart"; readonly missing: string };

/** What a line of the log says of a reload, if anything. */
export function outcomeIn(line: string): ReloadOutcome | undefined {
  if (line.includes(RELOAD_HAS_ERRORS)) return { kind: "errors" };
  const [begin = "", end = ""] = RELOAD_NEEDS_RESTART.split("{missing}");
  const from = line.indexOf(begin);
  const to = line.indexOf(end);
  if (from >= 0 && to > from) return { kind: "needsRestart", missing: line.slice(from + begin.length, to) };
  return line.includes(RELOADED) ? { kind: "taken" } : undefined;
}
