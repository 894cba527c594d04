/** Resources that are not to run on the same node (not-with): what is known of them, and what follows from it. Pure. */

/** Another resource that the configuration names. */
export interface Neighbour {
  readonly name: string;
  /** It runs on this node, or is about to. */
  readonly isHere: boolean;
  /** Peers on which it is Primary, by their connections' names. */
  readonly peers: readonly string[];
  /** Where both run on one node it is this resource that goes, and not the neighbour. */
  readonly isToStay: boolean;
}

/** What a resource remembers of its neighbours. */
export interface Neighbourhood {
  readonly neighbours: readonly Neighbour[];
  /** Since when one of them has run here, without interruption. */
  readonly togetherSinceMs: number | undefined;
}

/** Another node has so long to start a resource whose neighbour runs here. */
const APART_SECONDS = 15;

export function withNeighbours(
  { togetherSinceMs }: Neighbourhood,
  neighbours: readonly Neighbour[],
  nowMs: number,
): Neighbourhood {
  const isTogether = neighbours.some(({ isHere }) => isHere);
  return { neighbours, togetherSinceMs: isTogether ? togetherSinceMs ?? nowMs : undefined };
}

/** Those that run here, for people: "db runs here". */
export function whoIsHere({ neighbours }: Neighbourhood): string {
  const names = neighbours.filter(({ isHere }) => isHere).map(({ name }) => name);
  return `${names.join(" and ")} ${names.length === 1 ? "runs" : "run"} here`;
}

/**
 * Until when a start is left to others: for a while since it may be promoted here, and since the neighbour has been here.
 * -Infinity where nobody else could take it.
 */
export function apartUntilMs(
  { togetherSinceMs }: Neighbourhood,
  promotableSinceMs: number | undefined,
  { sleepBeforePromoteFactor }: { readonly sleepBeforePromoteFactor: number },
  canTakeOver: boolean,
): number {
  if (togetherSinceMs === undefined || promotableSinceMs === undefined || !canTakeOver) return -Infinity;
  return Math.max(promotableSinceMs, togetherSinceMs) + APART_SECONDS * sleepBeforePromoteFactor * 1000;
}

/** Should it run here, it is to go where none of them runs. */
export function isToGo({ neighbours }: Neighbourhood): boolean {
  return neighbours.some(({ isHere, isToStay }) => isHere && isToStay);
}

/** One of them runs on that peer, as far as is known. */
export function isOccupied({ neighbours }: Neighbourhood, peer: string): boolean {
  return neighbours.some(({ peers }) => peers.includes(peer));
}
