/**
 * A recording of what drbdsetup printed on one node, for looking back.
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
 * Lines that were read in one go have the same time, and no others have it: they are a group. What drbdd says of the
 * recording, not drbdsetup, has a `#`. A file may end anywhere: a last line without its end is left out.
 */

/** What happened at a moment. */
export type Entry =
  /** Lines that were read in one go. */
  | { readonly kind: "lines"; readonly atUs: number; readonly lines: readonly string[] }
  | { readonly kind: "started"; readonly atUs: number }
  | { readonly kind: "ended"; readonly atUs: number; readonly reason: string };

/** How the times of a recording are known. */
export type Timing =
  /** They stand before the lines. */
  | "stamps"
  /** They stand in a file beside it, for each line. */
  | "beside"
  /** They are not known: groups are guessed, and follow one another after a second. */
  | "none";

export interface Recording {
  /** Name of the node, if the file tells it. */
  readonly node: string | undefined;
  readonly timing: Timing;
  /** In order; none is before the one before. Times are microseconds since 1970. */
  readonly entries: readonly Entry[];
  /** What `drbdsetup show --json` printed of each resource when the recording began, by name. */
  readonly shown: ReadonlyMap<string, string>;
  /** What is odd about the file, for people. */
  readonly remarks: readonly string[];
}

/** What stands before a line that drbdsetup did not print. */
export const MARK = "# ";
export const STARTED = "drbdsetup started";
export const ENDED = "drbdsetup ended: ";
export const NODE = "node: ";
export const SHOWN = "show: ";
