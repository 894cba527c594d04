/** The fields of an event itself, by which rules filter: its type, volume, peer, and the outcome of a helper. */
import { type HelperOutcome, helperOutcome } from "../../../src/drbd/model/helper_status.ts";
import type { HelperUpdate, Update } from "../../../src/drbd/model/update.ts";
import type { Reader } from "./fields.ts";

const EVENT_TYPES: Readonly<Record<Update["type"], string>> = {
  exists: "Exists",
  create: "Create",
  change: "Change",
  destroy: "Destroy",
  rename: "Rename",
  call: "Call",
  response: "Response",
};

/** The event type, as rules and variables spell it. */
export function eventTypeOf(update: Update): string {
  return EVENT_TYPES[update.type];
}

/** The volume of an update, if it has one. */
export function volumeOf(update: Update): number | undefined {
  if (update.kind === "helper") return update.helper.volume;
  return "volume" in update ? update.volume : undefined;
}

/** The peer's node id of an update, if it has one. */
export function peerNodeIdOf(update: Update): number | undefined {
  if (update.kind === "helper") return update.helper.peerNodeId;
  return "peerNodeId" in update ? update.peerNodeId : undefined;
}

/** How a helper ended; undefined while it runs. */
export function outcomeOf({ helper }: HelperUpdate): HelperOutcome | undefined {
  return helper.status === undefined ? undefined : helperOutcome(helper.status);
}

function exitStatusOf(update: Update): number | undefined {
  const outcome = update.kind === "helper" ? outcomeOf(update) : undefined;
  return outcome?.kind === "exited" ? outcome.exitCode : undefined;
}

/** Fields of events and identities of all kinds; undefined for kinds without them. */
export const EVENT_FIELDS: Readonly<Record<string, Reader>> = {
  "resource-name": (update) => update.name,
  "event-type": eventTypeOf,
  "volume": volumeOf,
  "peer-node-id": peerNodeIdOf,
  "local": (update) => update.kind === "path" ? update.local : undefined,
  "peer": (update) => update.kind === "path" ? update.peer : undefined,
  "conn-name": (update) => update.kind === "helper" ? update.helper.connName : undefined,
  "helper": (update) => update.kind === "helper" ? update.helper.helper : undefined,
  "phase": (update) => update.kind === "helper" ? update.type : undefined,
  "exit-status": exitStatusOf,
};
