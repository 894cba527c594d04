/** The state of a resource itself: how an event changes it, and which differences are a change. */
import { Memo } from "../../strings/memo.ts";
import type { ResourceState } from "../../model/model.ts";
import { readResource } from "./resource_fields.ts";
import { sameWords, SUSPENDED } from "../../events2/words.ts";

const resourceParser = new Memo(readResource);

/** A copy of an event's state text that does not keep its block in memory. Equal texts may be one string. */
export function ownStateText(text: string): string {
  return resourceParser.own(text);
}

/** The state after `text`; `old` is undefined for a new resource. */
export function nextResourceState(text: string, old: ResourceState | undefined): ResourceState {
  const fields = resourceParser.get(text);
  return {
    role: fields.role ?? old?.role ?? "Unknown",
    suspended: fields.suspended ?? old?.suspended ?? SUSPENDED.read("no"),
    forceIoFailures: fields.forceIoFailures ?? old?.forceIoFailures ?? false,
    writeOrdering: fields.writeOrdering,
    mayPromote: fields.mayPromote ?? old?.mayPromote ?? false,
    promotionScore: fields.promotionScore ?? old?.promotionScore ?? 0,
  };
}

/** Whether more than statistics changed; drbdsetup prints write-ordering with those. */
export function resourceStatesDiffer(a: ResourceState, b: ResourceState): boolean {
  return a.role !== b.role || a.mayPromote !== b.mayPromote || a.promotionScore !== b.promotionScore ||
    a.forceIoFailures !== b.forceIoFailures || !sameWords(a.suspended, b.suspended);
}

/** The state of a resource without its name and children. */
export function stateOf(resource: ResourceState): ResourceState {
  const { role, suspended, forceIoFailures, writeOrdering, mayPromote, promotionScore } = resource;
  return { role, suspended, forceIoFailures, writeOrdering, mayPromote, promotionScore };
}
