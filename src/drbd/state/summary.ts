/** Counts over all resources. */
import type { ResourceRecord } from "./records/record.ts";

/** How many resources there are, and how many are in each notable state. */
export interface Summary {
  readonly resources: number;
  /** Primary on this node. */
  readonly primary: number;
  /** With at least one device that lacks quorum. */
  readonly withoutQuorum: number;
  /** With suspended I/O. */
  readonly suspended: number;
}

/** Counts without building snapshots. */
export function summaryOf(entries: Iterable<ResourceRecord>): Summary {
  const summary = { resources: 0, primary: 0, withoutQuorum: 0, suspended: 0 };
  for (const { state, devices } of entries) {
    summary.resources++;
    if (state.role === "Primary") summary.primary++;
    if (state.suspended.length > 0) summary.suspended++;
    if (devices.some((child) => !child.state.quorum)) summary.withoutQuorum++;
  }
  return summary;
}
