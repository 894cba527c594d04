/** Which better node is moved to, and what is remembered of moves: the parts of better_nodes.ts one by one. */
import assert from "node:assert/strict";
import { POLICY, PRIMARY, SECONDARY } from "../../../../tests/support/trials/state_machine_course.ts";
import {
  betterPeersIn,
  checkBetterPeersAfterStart,
  followPeers,
  moveCameBack,
  nextMove,
} from "./better_nodes.ts";
import { neighboursHere, withNeighbours } from "./neighbours.ts";
import { type BetterPeer, INITIAL_STATE, type Moment, type State } from "../state.ts";

const MOMENT: Moment = { nowMs: 100_000, node: "alpha", isStale: false };
const RUNNING: State = { ...INITIAL_STATE, phase: "started", view: PRIMARY };
const GAMMA_FIRST = { ...POLICY, preferredNodes: ["gamma", "beta", "alpha"] };
const wanted = (peer: string, sinceMs: number): BetterPeer => ({ peer, sinceMs, isWanted: true });

Deno.test("betterPeersIn(): the best first, each since it came", () => {
  const known = { ...RUNNING, betterPeers: [wanted("beta", 7)] };
  assert.deepEqual(betterPeersIn(known, PRIMARY, true, GAMMA_FIRST, MOMENT), [
    { peer: "gamma", sinceMs: 100_000, isWanted: true },
    { peer: "beta", sinceMs: 7, isWanted: true },
  ]);
  assert.deepEqual(betterPeersIn(RUNNING, { ...PRIMARY, upToDatePeers: [] }, true, GAMMA_FIRST, MOMENT), []);
});

Deno.test("betterPeersIn(): where a neighbour runs is no better place, whatever is preferred", () => {
  const neighbour = { name: "db", isHere: false, peers: ["gamma"], hasPrecedence: true };
  const beside = { ...RUNNING, neighbours: [neighbour] };
  const peers = (state: State) =>
    betterPeersIn(state, PRIMARY, true, GAMMA_FIRST, MOMENT).map(({ peer }) => peer);
  assert.deepEqual(peers(beside), ["beta"]);
  assert.deepEqual(peers({ ...RUNNING, neighbours: [{ ...neighbour, isHere: true }] }), ["beta"]);
});

Deno.test("checkBetterPeersAfterStart(): a node is fit again at the end of its setback", () => {
  const state: State = {
    ...RUNNING,
    checkBetterPeersMs: 100_000,
    betterPeers: [{ peer: "beta", sinceMs: 1, isWanted: false }],
  };
  const isWanted = (untilMs: number) =>
    checkBetterPeersAfterStart({ ...state, setbacks: [{ peer: "beta", times: 1, untilMs }] }, 100_000)
      .betterPeers[0]?.isWanted;
  assert.deepEqual([isWanted(100_000), isWanted(100_001)], [true, false]);
});

Deno.test("nextMove(): to the one that is steady first, of two the better one; from where the services run", () => {
  const state = { ...RUNNING, betterPeers: [wanted("gamma", 50_000), wanted("beta", 40_000)] };
  assert.deepEqual(nextMove(state), { peer: "beta", atMs: 45_000 });
  const same = { ...RUNNING, betterPeers: [wanted("gamma", 50_000), wanted("beta", 50_000)] };
  assert.deepEqual(nextMove(same), { peer: "gamma", atMs: 55_000 });
  assert.deepEqual(nextMove({ ...state, phase: "starting" }), { peer: "beta", atMs: 45_000 });
  const none: Partial<State>[] = [{ phase: "stopping" }, { isOnHold: true }, { view: SECONDARY }, {
    view: undefined,
  }];
  for (const each of none) assert.equal(nextMove({ ...state, ...each }), undefined, JSON.stringify(each));
});

Deno.test("followPeers(): who has taken over is counted from when he became Primary, not from the last news of him", () => {
  const view = { ...SECONDARY, primaryPeer: "beta" };
  const moved = { peer: "beta", primary: undefined, sinceMs: 1 };
  const first = followPeers({ ...INITIAL_STATE, moved }, view, MOMENT);
  assert.deepEqual(first.moved, { peer: "beta", primary: "beta", sinceMs: 100_000 });
  const later = followPeers({ ...first, view }, view, { ...MOMENT, nowMs: 130_000 });
  assert.deepEqual(later.moved, first.moved);
  const gone = followPeers({ ...later, view }, { ...SECONDARY, upToDatePeers: [] }, {
    ...MOMENT,
    nowMs: 160_000,
  });
  assert.equal(gone.moved, undefined);
});

Deno.test("moveCameBack(): a move that came back is over, and counts", () => {
  const moved = { peer: "beta", primary: undefined, sinceMs: 1 };
  const { state, news } = moveCameBack({ ...INITIAL_STATE, moved }, 100_000);
  assert.equal(state.moved, undefined);
  assert.deepEqual(state.setbacks, [{ peer: "beta", times: 1, untilMs: 160_000 }]);
  assert.equal(news, "; beta did not take over: no move to it for 60 s");
});

Deno.test("withNeighbours(): since when one has been here, without interruption", () => {
  const here = { name: "db", isHere: true, peers: [], hasPrecedence: false };
  const since = (togetherSinceMs: number | undefined, isHere: boolean) =>
    withNeighbours({ neighbours: [], togetherSinceMs }, [{ ...here, isHere }], 100_000).togetherSinceMs;
  assert.deepEqual([since(5, true), since(undefined, true), since(5, false)], [5, 100_000, undefined]);
});

Deno.test("neighboursHere() names those that run here", () => {
  const named = (name: string, isHere: boolean) => ({ name, isHere, peers: [], hasPrecedence: false });
  const neighbours = [named("db", true), named("mail", false), named("web", true)];
  assert.equal(neighboursHere({ neighbours, togetherSinceMs: 1 }), "db and web run here");
  assert.equal(neighboursHere({ neighbours: neighbours.slice(1), togetherSinceMs: 1 }), "web runs here");
});
