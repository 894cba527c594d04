/** The state of a resource itself: how an event makes it, and when two count as different. */
import { Memo } from "../model/memo.ts";
import type { ResourceState } from "../model/model.ts";
import { readResource } from "./resource_fields.ts";
import { sameWords, SUSPENDED } from "../events2/words.ts";

const resourceSaid = new Memo(readResource);

/** The text of an event's state as a string of its own; equal ones may be one string. */
export function keepResourceState(text: string): string {
  return resourceSaid.keep(text);
}

/** The state that `text` makes of `old`, or of a new resource. */
export function nextResourceState(text: string, old: ResourceState | undefined): ResourceState {
  const said = resourceSaid.get(text);
  return {
    role: said.role ?? old?.role ?? "Unknown",
    suspended: said.suspended ?? old?.suspended ?? SUSPENDED.read("no"),
    forceIoFailures: said.forceIoFailures ?? old?.forceIoFailures ?? false,
    writeOrdering: said.writeOrdering,
    mayPromote: said.mayPromote ?? old?.mayPromote ?? false,
    promotionScore: said.promotionScore ?? old?.promotionScore ?? 0,
  };
}

/** Whether something changed that is more than a statistic; drbdsetup prints write-ordering among those. */
export function resourceStatesDiffer(a: ResourceState, b: ResourceState): boolean {
  return a.role !== b.role || a.mayPromote !== b.mayPromote || a.promotionScore !== b.promotionScore ||
    a.forceIoFailures !== b.forceIoFailures || !sameWords(a.suspended, b.suspended);
}

/** The state of a resource without its name and children. */
export function stateOf(resource: ResourceState): ResourceState {
  const { role, suspended, forceIoFailures, writeOrdering, mayPromote, promotionScore } = resource;
  return { role, suspended, forceIoFailures, writeOrdering, mayPromote, promotionScore };
}
