/** What is shown of what is known, and on how much room. */
import type { Behind } from "./details_page.ts";
import type { ResourceRow, Snapshot } from "../state/snapshot.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What is shown of what is known. */
export interface Shown {
  readonly snapshot: Snapshot;
  /** In order. */
  readonly resourceRows: readonly ResourceRow[];
  readonly source: "drbdd" | "drbdsetup";
  readonly behind: Behind;
}
