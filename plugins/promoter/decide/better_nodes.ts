/**
 * Moves to a better node of preferred-nodes, with preferred-nodes-policy = "always": when one is looked for, how long it
 * has to be fit, and what becomes of one that does not take over.
 */
import { placeAmong } from "./promotion_delay.ts";
import { isOccupied, isToGo, whoIsHere } from "./neighbours.ts";
import type { BetterPeer, Moment, Policy, Setback, State } from "./state.ts";
import type { View } from "./view.ts";

/** After the services were started here, a better node is looked for once. */
export const LOOK_FOR_BETTER_MS = 10_000;
/** A better node has to be connected and UpToDate for so long, without interruption. */
export const STEADY_MS = 5_000;
/** After the first move that came back, there is none to the same node for so long; each time twice that, up to the longest. */
const SETBACK_MS = 60_000;
const LONGEST_SETBACK_MS = 3_600_000;
/** A node on which the resource was Primary for so long has taken over. */
const TAKEN_OVER_MS = 60_000;

/** Those in `view`, and since when. One that comes while the services run is wanted. */
export function betterPeersIn(
  state: State,
  view: View | undefined,
  isRunning: boolean,
  policy: Policy,
  { nowMs, node }: Moment,
): readonly BetterPeer[] {
  if (view === undefined || policy.preferredNodesPolicy !== "always") return [];
  const own = isToGo(state) ? Infinity : placeAmong(policy.preferredNodes, node);
  const place = (peer: string) =>
    isOccupied(state, peer) ? Infinity : placeAmong(policy.preferredNodes, peer);
  return view.upToDatePeers.filter((peer) => place(peer) < own).toSorted((a, b) => place(a) - place(b))
    .map((peer) => {
      const known = state.betterPeers.find((each) => each.peer === peer);
      const isWanted = isRunning && (known === undefined ? state.view !== undefined : known.isWanted);
      return { peer, sinceMs: known?.sinceMs ?? nowMs, isWanted };
    });
}

/** The look that is due some time after a start: not for nodes that did not take over a short while ago. */
export function lookAfterStart(state: State, nowMs: number): State {
  if (state.phase !== "started" || nowMs < state.lookForBetterMs) return state;
  const isFit = ({ peer }: BetterPeer) => nowMs >= setbackOf(state, peer).untilMs;
  return { ...want(state, isFit), lookForBetterMs: Infinity };
}

/** The configuration was read again: the administrator may have repaired what kept a node from taking over. */
export function lookAfterReload(state: State): State {
  return want(state, () => true);
}

function want(state: State, isFit: (peer: BetterPeer) => boolean): State {
  const betterPeers = state.betterPeers.map((each) => ({ ...each, isWanted: each.isWanted || isFit(each) }));
  return { ...state, betterPeers };
}

export function unwanted(peers: readonly BetterPeer[]): readonly BetterPeer[] {
  return peers.map((each) => ({ ...each, isWanted: false }));
}

/** The node to move to, the best first, and when. */
export function nextMove(state: State): { readonly peer: string; readonly atMs: number } | undefined {
  // A start that goes on is not waited for: it would only make the move longer.
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

/** Why, for people, and how what is wanted reads beside "the services move to". */
export function moveReason(state: State, peer: string): { readonly why: string; readonly where: string } {
  return isToGo(state)
    ? {
      why: `${whoIsHere(state)}, too (not-with), and ${peer} is UpToDate`,
      where: `${peer}, as ${whoIsHere(state)}, too`,
    }
    : { why: `the preferred node ${peer} is UpToDate`, where: `the preferred node ${peer}` };
}

/** When to look again: for a better node, or at the one to move to. */
export function lookAtMs(state: State): number {
  const isLooked = state.phase === "started" && state.betterPeers.length > 0;
  return Math.min(isLooked ? state.lookForBetterMs : Infinity, nextMove(state)?.atMs ?? Infinity);
}

/**
 * Follows who is Primary elsewhere. A node that gives the resource up though it is there and UpToDate (its services failed,
 * or somebody has evicted them) will not take it back at once: nothing moves to it for a while.
 */
export function followPeers(state: State, view: View | undefined, moment: Moment): State {
  const peer = state.view?.primaryPeer;
  const hasGivenUp = peer !== undefined && peer !== view?.primaryPeer &&
    view?.upToDatePeers.includes(peer) === true;
  const moved = followMove(state, view, moment);
  // One that comes anew holds back no more; that a move to it came back still counts.
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

/** Follows a move: who is Primary for long enough has taken over, and what was held against it is forgotten. */
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

/** The services are started here again though they were to run on a better node: that counts against it. */
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
