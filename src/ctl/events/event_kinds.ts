/** What `drbddctl events` can be narrowed to. */
import { UPDATE_KINDS, type UpdateKind } from "../../drbd/model/update.ts";

/** What drbdd decides: only where it is asked for, as it is no change of DRBD. */
export const DECISION = "decision";

export type EventKind = UpdateKind | typeof DECISION;

export const EVENT_KINDS: readonly EventKind[] = [...UPDATE_KINDS, DECISION];
