/** Resources that must not run on the same node (not-with): their state, and what follows from it. Pure. */

/** Another resource that the configuration names. */
export interface Neighbour {
  readonly name: string;
  /** It runs on this node, or is about to. */
  readonly isHere: boolean;
  /** Peers on which it is Primary, by connection name. */
  readonly peers: readonly string[];
  /** If both run on one node, this resource has to move, not the neighbour. */
  readonly hasPrecedence: boolean;
}

/** What a resource remembers about its neighbours. */
export interface Neighbourhood {
  readonly neighbours: readonly Neighbour[];
  /** Since when one of them has run here, without interruption. */
  readonly togetherSinceMs: number | undefined;
}

/** How long another node has to start a resource whose neighbour runs here. */
const APART_SECONDS = 15;

export function withNeighbours(
  { togetherSinceMs }: Neighbourhood,
  neighbours: readonly Neighbour[],
  nowMs: number,
): Neighbourhood {
  const isTogether = neighbours.some(({ isHere }) => isHere);
  return { neighbours, togetherSinceMs: isTogether ? togetherSinceMs ?? nowMs : undefined };
}

/** The neighbours that run here, for people: "db runs here". */
export function neighboursHere({ neighbours }: Neighbourhood): string {
  const names = neighbours.filter(({ isHere }) => isHere).map(({ name }) => name);
  return `${names.join(" and ")} ${names.length === 1 ? "runs" : "run"} here`;
}

/**
 * Until when to leave a start to other nodes: for a while after promotion became possible and the neighbour came here.
 * -Infinity if no other node could take over.
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

/** If it runs here, it should move to a node without neighbours. */
export function shouldMoveAway({ neighbours }: Neighbourhood): boolean {
  return neighbours.some(({ isHere, hasPrecedence }) => isHere && hasPrecedence);
}

/** Whether a neighbour is known to run on that peer. */
export function isOccupied({ neighbours }: Neighbourhood, peer: string): boolean {
  return neighbours.some(({ peers }) => peers.includes(peer));
}
