/** Looks over the promoter's shoulder: what it decides, and whether it may. */
import type { Mind } from "../../../plugins/promoter/actor.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config.ts";
import {
  type Action,
  BEGINNING,
  type Input,
  type Moment,
  type State,
  type Step,
} from "../../../plugins/promoter/state.ts";
import type { View } from "../../../plugins/promoter/view.ts";
import { delayMs } from "./oracle_delay.ts";
import type { Place } from "./place.ts";
import type { Violations } from "./violations.ts";

const START_INTERVAL_MS = 20_000;
/** After a start that came to nothing as a peer became Primary. */
const LOST_RACE_MS = 2_000;
/** A better node has to be fit for so long. */
const STEADY_MS = 5_000;
/** Events on their way, and commands that were under way when things changed. */
const RECENT_MS = 4_000;
/** Services without a Primary are looked at after so long. */
const WITHOUT_PRIMARY_MS = 20_000;

const STOP_AGAIN = "the last stop failed";
const DRBDD_ENDS = "drbdd ends";

/** What one life of a promoter has been told of a resource. */
interface Told {
  view: View | undefined;
  /** Since when it was told without a break that it may promote. */
  promotableSinceMs: number | undefined;
  avoidance: State["avoidance"];
  /** Since the last start: a peer was Primary, and when the start came to nothing. */
  wasPeerPrimary: boolean;
  refusedMs: number;
  /** A start has failed, or a stop has to be repeated, or drbdd ends. */
  wish: string | undefined;
}

/** What must be so each time something is decided. */
export class Decisions {
  constructor(readonly place: (resource: string) => Place, readonly violations: Violations) {}

  /** `mind`, observed. Each life of drbdd gets its own. */
  observe(mind: Mind): Mind {
    const told = new Map<string, Told>();
    return (state, input, policy, moment) => {
      // The configuration of the resource is all the policy that minds are given.
      const config = policy as ResourceConfig;
      const place = this.place(config.name);
      const known = told.get(config.name);
      const facts = state === BEGINNING || known === undefined ? newTold() : known;
      if (state === BEGINNING) {
        place.lastAttemptMs = -Infinity;
        place.wasSeenPrimary = false;
      }
      told.set(config.name, facts);
      learn(facts, state, input, moment);
      // A start that was asked for may be about to begin.
      if (state.phase === "starting") place.history.upMs = moment.nowMs;
      place.isSeen ||= facts.view !== undefined;
      const isFailedStop = state.phase === "stopping" && input.kind === "finished" &&
        input.outcome === "failed";
      if (isFailedStop) place.stopFailedMs = moment.nowMs;
      const result = mind(state, input, policy, moment);
      // A promoter that was told to end looks after nothing any more, but for stopping it.
      place.phase = input.kind === "end" && !input.stopServices ? undefined : result.state.phase;
      if (place.phase === "stopped" || place.phase === "unsure") place.wasSeenPrimary = false;
      else if (facts.view?.role === "Primary") place.wasSeenPrimary = true;
      if (state.phase === "unsure" && place.phase === "stopped") place.foundStopped();
      if (state.phase === "unsure" && place.phase === "started") place.foundStarted();
      for (const action of result.actions) this.#judge(place, facts, action, result, moment);
      // The race was lost: there is nothing to stop.
      const isLost = input.kind === "finished" && input.outcome === "nothingBegan" &&
        state.phase === "starting";
      if (isLost && result.actions.some(({ kind }) => kind === "stop")) {
        this.#wrong("stop of nothing", place, "a stop after a start that came to nothing");
      }
      return result;
    };
  }

  #judge(place: Place, facts: Told, action: Action, { decision }: Step, moment: Moment): void {
    if (decision === undefined) this.#wrong("no reason", place, `${action.kind} is decided without a reason`);
    if (action.kind === "start") this.#judgeStart(place, facts, moment);
    if (action.kind === "stop") this.#judgeStop(place, facts, moment.nowMs);
  }

  #judgeStart(place: Place, facts: Told, moment: Moment): void {
    const { nowMs } = moment;
    const { view } = facts;
    const isAgain = facts.wasPeerPrimary && nowMs - facts.refusedMs >= LOST_RACE_MS;
    facts.wasPeerPrimary = false;
    facts.refusedMs = Infinity;
    if (!isAgain && nowMs - place.lastAttemptMs < START_INTERVAL_MS) {
      const seconds = (nowMs - place.lastAttemptMs) / 1000;
      this.#wrong("start interval", place, `a start ${seconds} s after the last one`);
    }
    place.lastAttemptMs = nowMs;
    if (moment.isStale) this.#wrong("start on an old picture", place, "a start while drbdsetup is away");
    if (facts.avoidance !== "quorum" && facts.avoidance !== "fencing") {
      this.#wrong("start without protection", place, "a start where nothing is known to avoid a split brain");
    }
    if (view === undefined) return this.#wrong("start of nothing", place, "a start of an unknown resource");
    if (view.role === "Primary") return;
    if (!view.mayPromote) this.#wrong("start against DRBD", place, "a start though may_promote is no");
    const waitedMs = nowMs - (facts.promotableSinceMs ?? nowMs);
    const index = place.spec.config.preferredNodes.indexOf(moment.node);
    const dueMs = delayMs(place.spec.config, {
      disks: view.disks,
      place: index < 0 ? place.spec.config.preferredNodes.length : index,
      isFencing: facts.avoidance === "fencing" && view.isMissingPeers,
      isSecondary: view.role === "Secondary",
    });
    if (waitedMs >= dueMs) return;
    this.#wrong(
      "start too early",
      place,
      `a start after ${waitedMs} ms, with disks ${view.disks}: ${dueMs} ms are due`,
    );
  }

  /** By what the kernel really was like: the promoter may be late, but it must not invent anything. */
  #judgeStop(place: Place, facts: Told, nowMs: number): void {
    const { history, spec: { config } } = place;
    place.lookBack(nowMs);
    // A resource that is left alone is not followed; at the end of drbdd it is stopped all the same.
    const isSure = facts.wish !== STOP_AGAIN && !(facts.wish === DRBDD_ENDS && facts.avoidance === "none");
    if (isSure && nowMs - history.upMs > RECENT_MS + place.machine.blindMs) {
      this.#wrong("stop of nothing", place, "a stop of what has not run here for a while");
    }
    if (facts.wish !== undefined) return;
    const lately = (atMs: number, withinMs = RECENT_MS) => nowMs - atMs <= withinMs + place.machine.blindMs;
    const isRight = lately(history.notPrimaryMs, RECENT_MS + WITHOUT_PRIMARY_MS) ||
      (config.onQuorumLoss === "shutdown" && lately(history.withoutQuorumMs)) ||
      (config.onDiskDetach === "fail-over" && lately(history.diskLostMs)) ||
      (config.preferredNodesPolicy === "always" && lately(history.betterPeerMs) &&
        history.betterPeerMs - history.betterSinceMs >= STEADY_MS) ||
      (config.onServiceFailure !== "ignore" && lately(history.peerFitMs) &&
        (place.isHurt || place.hasFailedUnit || lately(history.serviceEndedMs, 30_000)));
    if (!isRight) this.#wrong("stop without need", place, "a stop of what could go on");
  }

  #wrong(rule: string, { machine, name }: Place, text: string): void {
    this.violations.add(rule, machine.name, name, text);
  }
}

function newTold(): Told {
  return {
    ...{ view: undefined, promotableSinceMs: undefined, avoidance: undefined, wish: undefined },
    ...{ wasPeerPrimary: false, refusedMs: Infinity },
  };
}

function learn(facts: Told, state: State, input: Input, { nowMs }: Moment): void {
  facts.wish = state.ending === "stopServices" ? DRBDD_ENDS : undefined;
  switch (input.kind) {
    case "resource":
      facts.view = input.view;
      facts.promotableSinceMs = input.view?.mayPromote ? facts.promotableSinceMs ?? nowMs : undefined;
      if (input.view === undefined) facts.avoidance = undefined;
      if (input.view?.primaryPeer !== undefined) facts.wasPeerPrimary = true;
      return;
    case "avoidance":
      facts.avoidance = input.avoidance;
      return;
    case "finished":
      if (state.phase === "starting" && input.outcome !== "ok") facts.wish = "the start failed";
      if (state.phase === "starting" && input.outcome === "nothingBegan") facts.refusedMs = nowMs;
      return;
    case "end":
      if (input.stopServices) facts.wish = DRBDD_ENDS;
      return;
    case "tick":
      if (state.phase === "stopping") facts.wish = STOP_AGAIN;
      return;
    case "found":
    case "prepared":
    case "unitFailed":
    case "restarted":
    case "reloaded":
      return;
  }
}
