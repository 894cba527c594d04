/**
 * What happens on this node, as it happens: told by the api plugin of the daemon or, where that cannot be asked, by a
 * drbdsetup of our own. Both tell it in the words of the API's event stream.
 */
import type { Message as PageMessage } from "../../../plugins/api/page/types.ts";

export type { Decision, Resource, Update } from "../../../plugins/api/page/types.ts";

/** A line of the API's event stream. */
export type Message = PageMessage;

export interface Wanted {
  /** All resources first and then whenever anything of them changes, counters too. */
  readonly resources: boolean;
  /** Updates as they come. */
  readonly updates: boolean;
  /** Of these resources only; of all, if absent. */
  readonly names?: readonly string[];
}

export interface Feed {
  /** Who tells, for people: `drbdd` or `drbdsetup`. */
  readonly source: "drbdd" | "drbdsetup";
  /**
   * Messages without end until `signal` aborts. What ends before is begun anew: after `lost` all that was known is stale,
   * and after the next `snapshot-end` it is known again. Never rejects.
   */
  messages(wanted: Wanted, signal: AbortSignal): AsyncGenerator<Message | Lost | Again, void>;
}

/** Told anew without a gap: what was known holds, and resources that do not come up to the next `snapshot-end` are gone. */
export interface Again {
  readonly event: "again";
}

/** Whoever tells cannot be reached now, and is tried again. */
export interface Lost {
  readonly event: "lost";
  readonly reason: string;
}
