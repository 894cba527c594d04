/** Resources that are not to share a node (not-with), worked out a second time from the manual, to compare with. */
import { rankOf } from "./oracle_delay.ts";
import type { Place } from "./place.ts";

/** A start beside a neighbour is left to others for so long. */
const APART_MS = 15_000;

const neighbours = new WeakMap<Place, readonly Place[]>();

/** Makes known to each place those on the same node that it is not to run with. */
export function setNeighbours(places: readonly Place[]): void {
  for (const place of places) {
    const { notWith } = place.spec.config;
    const own = places.filter((each) => each.machine === place.machine && notWith.includes(each.name));
    if (own.length > 0) neighbours.set(place, own);
  }
}

function neighboursOf(place: Place): readonly Place[] {
  return neighbours.get(place) ?? [];
}

/** How long a start is left to others at most. */
export function apartMs(place: Place): number {
  const { config } = place.spec;
  return neighboursOf(place).length === 0 ? 0 : APART_MS * config.sleepBeforePromoteFactor;
}

/** Since when a neighbour has run here, or been started; undefined if none is Primary here. */
function togetherSinceMs(place: Place): number | undefined {
  const times = neighboursOf(place).flatMap(({ timeline, deeds }) => {
    const primaryMs = timeline.sinceMs(({ isPrimary }) => isPrimary);
    if (primaryMs === undefined) return [];
    return deeds.startMs > deeds.stopMs ? [Math.min(primaryMs, deeds.startMs)] : [primaryMs];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Why a start at `nowMs` is too early, beside a neighbour of which drbdd has known for `newsMs`, and a peer that could take it;
 * undefined: it is not.
 */
export function tooEarlyTogether(place: Place, nowMs: number, newsMs: number): string | undefined {
  const { timeline } = place;
  const togetherMs = togetherSinceMs(place);
  const promotableMs = timeline.sinceMs(({ mayPromote }) => mayPromote);
  if (togetherMs === undefined || promotableMs === undefined || nowMs - togetherMs <= newsMs) {
    return undefined;
  }
  if (timeline.some(nowMs - newsMs, ({ upToDatePeers }) => upToDatePeers.length === 0)) return undefined;
  const waitedMs = nowMs - Math.max(togetherMs, promotableMs);
  return waitedMs < apartMs(place) ? `a start after ${waitedMs} ms, beside a neighbour` : undefined;
}

/** A neighbour runs here, or did so since `sinceMs`, or was being started. */
export function wasTogether(place: Place, sinceMs: number): boolean {
  return neighboursOf(place).some((each) =>
    each.timeline.some(sinceMs, ({ isPrimary }) => isPrimary) || each.upMs >= sinceMs
  );
}

/** The rank of this node, where the resource runs: last of all if it is to leave a neighbour. */
export function ownRank(place: Place): number {
  const { spec: { config }, machine } = place;
  const isToGo = neighboursOf(place).some((each) => each.isPrimary && isToStay(each, place));
  return isToGo ? Infinity : rankOf(config, machine.name);
}

/** The rank of a peer: last of all if a neighbour is Primary there. */
export function peerRank(place: Place, peer: string): number {
  const isOccupied = neighboursOf(place).some(({ timeline }) => timeline.now.primaryPeer === peer);
  return isOccupied ? Infinity : rankOf(place.spec.config, peer);
}

/** The first by name, if each is not to run with the other. */
function isToStay(neighbour: Place, { name }: Place): boolean {
  return !neighbour.spec.config.notWith.includes(name) || neighbour.name < name;
}
