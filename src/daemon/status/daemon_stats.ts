/** What the daemon counted since it started: for metrics and for its summary. */

/** Limit of distinct reasons and words; further ones are not reported. */
const MOST_DISTINCT = 100;

/** What was counted of the lines of drbdsetup. */
export type Counts = Readonly<
  Pick<DaemonStats, "events" | "rejected" | "orphans" | "drbdsetupRestarts" | "helperCalls">
>;

export class DaemonStats {
  /** Lines that were understood. */
  events = 0;
  /** Lines that could not be used, by reason. */
  readonly rejected = new Map<string, number>();
  /** Events that belong to nothing known. */
  orphans = 0;
  /** How often drbdsetup was started again. */
  drbdsetupRestarts = 0;
  /** Helpers that the kernel called, by name. */
  readonly helperCalls = new Map<string, number>();
  readonly #seen = new Set<string>();

  countRejected(reason: string): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }

  countHelperCall(helper: string): void {
    if (this.helperCalls.size < MOST_DISTINCT || this.helperCalls.has(helper)) {
      this.helperCalls.set(helper, (this.helperCalls.get(helper) ?? 0) + 1);
    }
  }

  /** The numbers as they are now. */
  counts(): Counts {
    const { events, orphans, drbdsetupRestarts } = this;
    const [rejected, helperCalls] = [new Map(this.rejected), new Map(this.helperCalls)];
    return { events, rejected, orphans, drbdsetupRestarts, helperCalls };
  }

  /** True the first time: what is worth saying once. */
  isNews(what: string): boolean {
    if (this.#seen.has(what) || this.#seen.size >= MOST_DISTINCT) return false;
    this.#seen.add(what);
    return true;
  }
}
