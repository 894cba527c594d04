/** Resources that are not to share a node (not-with), worked out a second time from the manual, to compare with. */
import { rankOf } from "./expected_delay.ts";
import type { Place } from "./place.ts";

/** A start beside a neighbour is left to others for so long. */
const APART_MS = 15_000;
/** With the largest factor that is drawn: what was before does not matter. */
const LONGEST_APART_MS = 120_000;
/** A neighbour whose start failed counted while it went on, and of its starts only the last one is known here. */
const FAILED_START_MS = 1_000;
/** A neighbour that is no more, or was not started, counts until drbdd knows that nothing of it is left. */
const LEAVING_MS = 4_000;

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

/** Since when neighbours have run here, or been started, one or another; undefined if none is Primary here. */
function togetherSinceMs(place: Place, nowMs: number): number | undefined {
  const own = neighboursOf(place);
  if (!own.some(({ isPrimary }) => isPrimary)) return undefined;
  let sinceMs = nowMs;
  const spans = own.flatMap((each) => spansOf(each, nowMs - LONGEST_APART_MS, nowMs));
  for (const span of spans.sort((one, other) => other.endMs - one.endMs)) {
    if (span.endMs >= sinceMs - LEAVING_MS) sinceMs = Math.min(sinceMs, span.sinceMs);
  }
  return sinceMs;
}

/** When it was Primary here, and when it was last being started. */
function spansOf({ timeline, history }: Place, fromMs: number, nowMs: number) {
  const { startMs, startOverMs } = history;
  const start = startMs > -Infinity ? [{ sinceMs: startMs, endMs: Math.min(startOverMs, nowMs) }] : [];
  return [...timeline.spans(({ isPrimary }) => isPrimary, fromMs, nowMs), ...start];
}

/**
 * Why a start at `nowMs` is too early, beside a neighbour of which drbdd has known for `newsMs`, and a peer that could take it;
 * undefined: it is not.
 */
export function tooEarlyTogether(place: Place, nowMs: number, newsMs: number): string | undefined {
  const { timeline } = place;
  const togetherMs = togetherSinceMs(place, nowMs);
  const promotableMs = timeline.sinceMs(({ mayPromote }) => mayPromote);
  if (togetherMs === undefined || promotableMs === undefined || nowMs - togetherMs <= newsMs) {
    return undefined;
  }
  if (timeline.some(nowMs - newsMs, ({ upToDatePeers }) => upToDatePeers.length === 0)) return undefined;
  const waitedMs = nowMs - Math.max(togetherMs, promotableMs);
  return waitedMs < apartMs(place) - FAILED_START_MS
    ? `a start after ${waitedMs} ms, beside a neighbour`
    : undefined;
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
  const shouldMoveAway = neighboursOf(place).some((each) => each.isPrimary && hasPrecedence(each, place));
  return shouldMoveAway ? Infinity : rankOf(config, machine.name);
}

/** The rank of a peer: last of all if a neighbour is Primary there. */
export function peerRank(place: Place, peer: string): number {
  const isOccupied = neighboursOf(place).some(({ timeline }) => timeline.now.primaryPeer === peer);
  return isOccupied ? Infinity : rankOf(place.spec.config, peer);
}

/** The first by name, if each is not to run with the other. */
function hasPrecedence(neighbour: Place, { name }: Place): boolean {
  return !neighbour.spec.config.notWith.includes(name) || neighbour.name < name;
}
