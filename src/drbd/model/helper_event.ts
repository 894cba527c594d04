/** A user-mode helper of DRBD (`drbdadm fence-peer` and so on), as `drbdsetup events2` shows it. */
import type { Counter } from "./counter.ts";
import type { HelperPhase } from "./vocabulary.ts";

/** The kernel is about to run a user-mode helper, or has its result. Changes no state. */
export interface HelperEvent {
  readonly object: "helper";
  readonly verb: HelperPhase;
  readonly name: string;
  /** Name of the handler, for example `fence-peer`. */
  readonly helper: string;
  readonly peerNodeId: number | undefined;
  readonly connName: string | undefined;
  readonly volume: number | undefined;
  readonly minor: number | undefined;
  /** Raw wait status as an unsigned 32 bit number; responses only. See `helperOutcome`. */
  readonly status: Counter | undefined;
}
