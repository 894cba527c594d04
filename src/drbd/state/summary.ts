/** What matters of all resources at a glance. */
import type { Entry } from "./record.ts";

/** How many resources there are, and how many of them are in a state worth knowing. */
export interface Summary {
  readonly resources: number;
  /** Primary on this node. */
  readonly primary: number;
  /** With at least one device that lacks quorum. */
  readonly withoutQuorum: number;
  /** With suspended I/O. */
  readonly suspended: number;
}

/** Counts without drawing anything. */
export function summaryOf(entries: Iterable<Entry>): Summary {
  const summary = { resources: 0, primary: 0, withoutQuorum: 0, suspended: 0 };
  for (const { state, devices } of entries) {
    summary.resources++;
    if (state.role === "Primary") summary.primary++;
    if (state.suspended.length > 0) summary.suspended++;
    if (devices.some((slot) => !slot.state.quorum)) summary.withoutQuorum++;
  }
  return summary;
}
