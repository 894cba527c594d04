/** What to evict, and how. */

export interface Eviction {
  readonly files: readonly string[];
  /** How long to wait for a peer, for each resource. */
  readonly delayS: number;
  readonly isForced: boolean;
  readonly keepMasked: boolean;
  /** Only undo an earlier `keepMasked`. */
  readonly unmask: boolean;
  /** The peer that is to take over; undefined: any. */
  readonly to: string | undefined;
  /** Whether the outcome is printed as JSON. */
  readonly isJson: boolean;
}
