/**
 * Moves to a better node of preferred-nodes, with preferred-nodes-policy = "always": when to look for one, how long it must be
 * suitable, and what follows if it does not take over.
 */
import { placeAmong } from "../start/promotion_delay.ts";
import { isOccupied, neighboursHere, shouldMoveAway } from "./neighbours.ts";
import type { BetterPeer, Moment, Policy, Setback, State } from "../state.ts";
import type { View } from "../view.ts";

/** How long after a start here to look for a better node, once. */
export const CHECK_BETTER_PEERS_MS = 10_000;
/** How long a better node must be connected and UpToDate, without interruption. */
export const STEADY_MS = 5_000;
/** How long no move goes to a node that did not take over; doubled each time, up to the longest. */
const SETBACK_MS = 60_000;
const LONGEST_SETBACK_MS = 3_600_000;
/** How long the resource must be Primary on a node for it to have taken over. */
const TAKEN_OVER_MS = 60_000;

/** Those in `view`, and since when. One that appears while the services run is a candidate. */
export function betterPeersIn(
  state: State,
  view: View | undefined,
  isRunning: boolean,
  policy: Policy,
  { nowMs, node }: Moment,
): readonly BetterPeer[] {
  if (view === undefined || policy.preferredNodesPolicy !== "always") return [];
  const own = shouldMoveAway(state) ? Infinity : placeAmong(policy.preferredNodes, node);
  const place = (peer: string) =>
    isOccupied(state, peer) ? Infinity : placeAmong(policy.preferredNodes, peer);
  return view.upToDatePeers.filter((peer) => place(peer) < own).toSorted((a, b) => place(a) - place(b))
    .map((peer) => {
      const known = state.betterPeers.find((each) => each.peer === peer);
      const isWanted = isRunning && (known === undefined ? state.view !== undefined : known.isWanted);
      return { peer, sinceMs: known?.sinceMs ?? nowMs, isWanted };
    });
}

/** The check that is due some time after a start; it ignores nodes that recently did not take over. */
export function checkBetterPeersAfterStart(state: State, nowMs: number): State {
  if (state.phase !== "started" || nowMs < state.checkBetterPeersMs) return state;
  const isCandidate = ({ peer }: BetterPeer) => nowMs >= setbackOf(state, peer).untilMs;
  return { ...want(state, isCandidate), checkBetterPeersMs: Infinity };
}

/** Configuration reloaded: what kept a node from taking over may have been fixed. */
export function checkBetterPeersAfterReload(state: State): State {
  return want(state, () => true);
}

function want(state: State, isCandidate: (peer: BetterPeer) => boolean): State {
  const betterPeers = state.betterPeers.map((each) => ({
    ...each,
    isWanted: each.isWanted || isCandidate(each),
  }));
  return { ...state, betterPeers };
}

export function unwanted(peers: readonly BetterPeer[]): readonly BetterPeer[] {
  return peers.map((each) => ({ ...each, isWanted: false }));
}

/** The node to move to, best first, and when. */
export function nextMove(state: State): { readonly peer: string; readonly atMs: number } | undefined {
  // A start in progress is not awaited: that would only make the move take longer.
  const isRunning = state.phase === "started" || state.phase === "starting";
  if (!isRunning || state.isOnHold || state.view?.role !== "Primary") return undefined;
  const moves = state.betterPeers.filter(({ isWanted }) => isWanted).map(({ peer, sinceMs }) => ({
    peer,
    atMs: Math.max(sinceMs + STEADY_MS, setbackOf(state, peer).untilMs),
  }));
  return moves.length === 0
    ? undefined
    : moves.reduce((first, each) => each.atMs < first.atMs ? each : first);
}

/** The reason and the destination, for messages. */
export function moveReason(state: State, peer: string): { readonly why: string; readonly where: string } {
  return shouldMoveAway(state)
    ? {
      why: `${neighboursHere(state)}, too (not-with), and ${peer} is UpToDate`,
      where: `${peer}, as ${neighboursHere(state)}, too`,
    }
    : { why: `the preferred node ${peer} is UpToDate`, where: `the preferred node ${peer}` };
}

/** When to check again: for a better node, or at the destination. */
export function nextCheckMs(state: State): number {
  const isLooked = state.phase === "started" && state.betterPeers.length > 0;
  return Math.min(isLooked ? state.checkBetterPeersMs : Infinity, nextMove(state)?.atMs ?? Infinity);
}

/**
 * Follows which peer is Primary. A node that gives up the resource while connected and UpToDate (its services failed, or it was
 * evicted) will not take it back soon: no move goes to it for a while.
 */
export function followPeers(state: State, view: View | undefined, moment: Moment): State {
  const peer = state.view?.primaryPeer;
  const hasGivenUp = peer !== undefined && peer !== view?.primaryPeer &&
    view?.upToDatePeers.includes(peer) === true;
  const moved = followMove(state, view, moment);
  // A node that reconnects has no back-off any more; its failed moves still count.
  const isStill = ({ peer, times }: Setback) => times > 0 || view?.upToDatePeers.includes(peer) === true;
  const next = { ...moved, setbacks: moved.setbacks.filter(isStill) };
  if (!hasGivenUp) return next;
  const { times, untilMs } = setbackOf(next, peer);
  return withSetback(next, { peer, times, untilMs: Math.max(untilMs, moment.nowMs + SETBACK_MS) });
}

function setbackOf({ setbacks }: State, peer: string): Setback {
  return setbacks.find((each) => each.peer === peer) ?? { peer, times: 0, untilMs: -Infinity };
}

function withSetback(state: State, setback: Setback): State {
  const others = state.setbacks.filter(({ peer }) => peer !== setback.peer);
  return { ...state, setbacks: [...others, setback] };
}

/** Follows a move: a peer that stays Primary has taken over, and its failed moves are forgotten. */
function followMove(state: State, view: View | undefined, { nowMs }: Moment): State {
  const { moved } = state;
  if (moved === undefined) return state;
  const primary = view?.primaryPeer;
  if (primary === moved.primary) return state;
  const hasTakenOver = moved.primary !== undefined && nowMs - moved.sinceMs >= TAKEN_OVER_MS;
  if (!hasTakenOver) return { ...state, moved: { ...moved, primary, sinceMs: nowMs } };
  const setbacks = state.setbacks.filter(({ peer }) => peer !== moved.primary);
  return { ...state, moved: undefined, setbacks };
}

/** The services are started here again although they were to move: counts as a failed move to that node. */
export function moveCameBack(state: State, nowMs: number): { readonly state: State; readonly news: string } {
  const { moved } = state;
  if (moved === undefined) return { state, news: "" };
  const { peer } = moved;
  const times = setbackOf(state, peer).times + 1;
  const lastsMs = Math.min(SETBACK_MS * 2 ** (times - 1), LONGEST_SETBACK_MS);
  return {
    state: withSetback({ ...state, moved: undefined }, { peer, times, untilMs: nowMs + lastsMs }),
    news: `; ${peer} did not take over: no move to it for ${lastsMs / 1000} s`,
  };
}
