/**
 * What one line of `drbdsetup events2` says.
 *
 * Most lines repeat a known state and change a counter. So identity, state and statistics stay the texts that were printed
 * (`key:value` pairs separated by blanks, in printing order) and are compared as a whole; `kinds.ts` and `statistics.ts`
 * parse them when needed.
 */
import type { HelperEvent } from "../model/helper_event.ts";
import type { Word } from "../model/vocabulary.ts";

/** What can happen to an object that has a state. */
export type StateVerb = "exists" | "create" | "change" | "destroy";
/** Objects that have a state. */
export type StateObject = "resource" | ChildObject;
/** Objects that belong to a resource. */
export type ChildObject = "device" | "connection" | "peer-device" | "path";

/** An event of an object that has a state. Texts are empty where the line says nothing. */
export interface StateEvent {
  readonly object: StateObject;
  readonly verb: StateVerb;
  /**
   * The resource's name, then the pairs that identify the object: `volume` of a device; `peer-node-id` of a connection;
   * `peer-node-id`, `conn-name` and `volume` of a peer-device; `peer-node-id`, `conn-name`, `local` and `peer` of a path.
   */
  readonly identity: string;
  readonly state: string;
  /** `state` has every field, so that the previous state does not matter. */
  readonly isWhole?: true;
  readonly statistics: string;
  /** Devices only: where requests wait. The only key that is omitted when it has not changed. */
  readonly blocked: string | undefined;
}

/** A resource was renamed. */
export interface RenameEvent {
  readonly object: "rename";
  readonly name: string;
  readonly newName: string;
}

export type Event = StateEvent | RenameEvent | HelperEvent;

/** The dump is complete: what it did not mention does not exist. */
export interface DumpComplete {
  readonly object: "dump";
}

/** A line that cannot be used. Counted and logged once for each distinct reason, never thrown. */
export interface Rejected {
  readonly object: "rejected";
  readonly reason: string;
  readonly line: string;
}

export type ParsedLine = Event | DumpComplete | Rejected;

/** An unknown key, which is ignored, or an unknown word, which is kept as text. */
export interface UnknownPart {
  readonly kind: "unknown key" | "unknown word";
  readonly object: Word<StateObject | "helper">;
  readonly key: string;
  readonly value: string;
}

/** The resource an event is about, by its name before the event. */
export function resourceNameOf(event: Event): string {
  if (event.object === "rename" || event.object === "helper") return event.name;
  const blank = event.identity.indexOf(" ");
  return blank < 0 ? event.identity : event.identity.slice(0, blank);
}
