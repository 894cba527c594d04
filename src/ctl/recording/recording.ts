/**
 * A recording of drbdsetup's output on one node, for later analysis.
 *
 * It is a text file, one line for each line of drbdsetup, in the form of `drbdsetup events2 --timestamps`:
 *
 *     # Recording of drbdsetup events2, made by drbddctl record
 *     # node: alpha
 *     # show: {"resource":"web","options":{"quorum":"majority", ...}, ...}
 *     2026-01-31T12:34:56.123456+01:00 # drbdsetup started
 *     2026-01-31T12:34:56.130021+01:00 exists resource name:web role:Primary ...
 *     2026-01-31T12:34:56.130021+01:00 exists -
 *     2026-01-31T12:40:01.000417+01:00 # drbdsetup ended: it was killed by SIGKILL
 *
 * Lines from one read have the same time, which no others have: they are a group. Lines of drbdd, not of drbdsetup, have a
 * `#`. A file may end anywhere: a truncated last line is ignored.
 */

/** An entry of a recording. */
export type Entry =
  /** Lines from one read. */
  | { readonly kind: "lines"; readonly atUs: number; readonly lines: readonly string[] }
  | { readonly kind: "started"; readonly atUs: number }
  | { readonly kind: "ended"; readonly atUs: number; readonly reason: string };

/** The source of a recording's times. */
export type Timing =
  /** Before each line. */
  | "stamps"
  /** In a file beside it, one per line. */
  | "beside"
  /** Unknown: groups are guessed, one second apart. */
  | "none";

export interface Recording {
  /** Name of the node, if recorded. */
  readonly node: string | undefined;
  readonly timing: Timing;
  /** In order of time. Times are microseconds since 1970. */
  readonly entries: readonly Entry[];
  /** Output of `drbdsetup show --json` for each resource at the beginning, by name. */
  readonly shown: ReadonlyMap<string, string>;
  /** Remarks about the file, for display. */
  readonly remarks: readonly string[];
}

/** Prefix of lines that drbdsetup did not print. */
export const MARK = "# ";
export const STARTED = "drbdsetup started";
export const ENDED = "drbdsetup ended: ";
export const NODE = "node: ";
export const SHOWN = "show: ";
