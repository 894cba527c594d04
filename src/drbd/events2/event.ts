/**
 * What one line of `drbdsetup events2` says.
 *
 * Nothing is taken apart that nobody needs: most lines repeat a known state and move a counter. So identity, state
 * and statistics stay the texts they were printed as (`key:value` pairs parted by blanks, in printing order), to be
 * compared as a whole. `kinds.ts` and `statistics.ts` read them.
 */
import type { HelperEvent } from "../model/helper_event.ts";
import type { Word } from "../model/vocabulary.ts";

/** What can happen to an object that has a state. */
export type StateVerb = "exists" | "create" | "change" | "destroy";
/** Objects that have a state. */
export type StateObject = "resource" | ChildObject;
/** Objects that belong to a resource. */
export type ChildObject = "device" | "connection" | "peer-device" | "path";

/** Something about an object that has a state. Texts are empty where the line says nothing. */
export interface StateEvent {
  readonly object: StateObject;
  readonly verb: StateVerb;
  /**
   * The resource's name; after it, parted by a blank, the pairs that tell the object from its like: for a device
   * `volume`, for a connection `peer-node-id`, for a peer-device `peer-node-id`, `conn-name` and `volume`, for a path
   * `peer-node-id`, `conn-name`, `local` and `peer`.
   */
  readonly identity: string;
  readonly state: string;
  /** `state` says all that can be said, so that nothing of the state before it matters. */
  readonly isWhole?: true;
  readonly statistics: string;
  /** Of devices, where requests wait. The one key that is left out when it has not changed. */
  readonly blocked: string | undefined;
}

/** A resource has a new name from here on. */
export interface RenameEvent {
  readonly object: "rename";
  readonly name: string;
  readonly newName: string;
}

export type Event = StateEvent | RenameEvent | HelperEvent;

/** The dump is over: what its lines said is the whole truth. */
export interface DumpComplete {
  readonly object: "dump";
}

/** A line that cannot be used. Counted, and reported once for each distinct reason; never an exception. */
export interface Rejected {
  readonly object: "rejected";
  readonly reason: string;
  readonly line: string;
}

export type ParsedLine = Event | DumpComplete | Rejected;

/** Something the parser passed over (a key) or kept as text (a word). */
export interface UnknownPart {
  readonly kind: "unknown key" | "unknown word";
  readonly object: Word<StateObject | "helper">;
  readonly key: string;
  readonly value: string;
}

/** The resource an event is about, by the name it has before the event. */
export function resourceNameOf(event: Event): string {
  if (event.object === "rename" || event.object === "helper") return event.name;
  const blank = event.identity.indexOf(" ");
  return blank < 0 ? event.identity : event.identity.slice(0, blank);
}
