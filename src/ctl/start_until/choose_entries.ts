/** Finds the requested part of a start list. */
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { startWords } from "../config/instance_words.ts";

/**
 * How many entries of the start list `until` means: a number, or an entry by its unit, its text, or, for an OCF agent, its
 * ID. Undefined if it means none.
 */
export function entriesUntil(config: ResourceConfig, until: string): number | undefined {
  if (/^\d+$/.test(until)) {
    const count = Number(until);
    return count <= config.start.length ? count : undefined;
  }
  const place = config.runner === "shell"
    ? config.start.indexOf(until)
    : config.start.findIndex((entry) => entry.unit === until || (entry.kind === "ocf" && entry.id === until));
  const byWords = startWords(config).indexOf(until);
  const found = place >= 0 ? place : byWords;
  return found < 0 ? undefined : found + 1;
}
