/** What can be believed of what DRBD's tools say. Pure. */
import { isTooOld, tooOld } from "../../../health/assess.ts";
import type { Facts } from "./facts.ts";

/** Through a kernel module of DRBD 8 the tools of DRBD 9 read what is not there: then nothing of it counts as known. */
export function trusted<Some extends Facts>(facts: Some): Some {
  if (!isTooOld(facts.moduleVersion)) return facts;
  const unknown = tooOld(facts.moduleVersion).what;
  return { ...facts, resource: { unknown }, options: { unknown }, splitBrainPeers: [] };
}
