/**
 * Live events of this node, from the api plugin of the daemon or, if that does not answer, from our own drbdsetup. Both use
 * the messages of the API's event stream.
 */
import type { Message as PageMessage } from "../../../plugins/api/page/scripts/types.ts";

export type { Decision, Resource, Update } from "../../../plugins/api/page/scripts/types.ts";

/** A message of the API's event stream. */
export type Message = PageMessage;

export interface Wanted {
  /** All resources first, then each whenever anything in it changes, including counters. */
  readonly resources: boolean;
  /** Updates as they happen. */
  readonly updates: boolean;
  /** Only these resources; all if absent. */
  readonly names?: readonly string[];
}

export interface Feed {
  /** The source, for display: `drbdd` or `drbdsetup`. */
  readonly source: "drbdd" | "drbdsetup";
  /**
   * Messages until `signal` aborts; an interrupted source is restarted. After `lost` the known state is stale until the next
   * `snapshot-end`. Never rejects.
   */
  messages(wanted: Wanted, signal: AbortSignal): AsyncGenerator<Message | Lost | Again, void>;
}

/** A new snapshot follows: the known state stays valid; resources that are not in it at its `snapshot-end` are gone. */
export interface Again {
  readonly event: "again";
}

/** The source cannot be reached; it is retried. */
export interface Lost {
  readonly event: "lost";
  readonly reason: string;
}
