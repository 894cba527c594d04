/** Wrong decisions: what is seen, believed, counted, waited for. */
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import type { State } from "../../../plugins/promoter/decide/state.ts";
import type { View } from "../../../plugins/promoter/decide/view.ts";
import type { Defect } from "../cluster/node/defect.ts";
import {
  changingInputs,
  living,
  Memory,
  nothing,
  obeying,
  remembering,
  type Sabotage,
  seeing,
  withoutAction,
  withView,
} from "./sabotage.ts";

/** may_promote that comes and goes is taken for given until a start was made of it. */
function withoutSecondLook(): Defect {
  const memory = new Memory<{ mayPromote: boolean }>();
  return {
    stateMachine: (state, input, policy, moment) => {
      const promise = memory.of(state, policy, moment, () => ({ mayPromote: false }));
      const changed = withView(input, (view) => {
        if (state.phase !== "stopped" || view.role === "Primary") promise.mayPromote = false;
        else promise.mayPromote ||= view.mayPromote;
        return promise.mayPromote
          ? { ...view, mayPromote: true, quorum: true, primaryPeer: undefined }
          : view;
      });
      return step(state, changed, policy, moment);
    },
  };
}

/** The delay is that of the disks as they were when the resource was first seen. */
function withOldDisks(): Defect {
  const memory = new Memory<{ disks: View["disks"] | undefined }>();
  return {
    stateMachine: (state, input, policy, moment) => {
      const first = memory.of(state, policy, moment, () => ({ disks: undefined }));
      const changed = withView(input, (view) => {
        first.disks ??= view.disks;
        return { ...view, disks: first.disks };
      });
      return step(state, changed, policy, moment);
    },
  };
}

function stopWaitsForStart(): Defect {
  return {
    stateMachine: (state, input, policy, moment) => {
      const result = step(state, input, policy, moment);
      const isStop = state.phase === "starting" && result.state.phase === "stopping" &&
        input.kind !== "finished";
      if (!isStop) return result;
      const waiting: State = { ...result.state, phase: "starting", action: state.action };
      return nothing(waiting);
    },
  };
}

/** Protection is asked for once, and believed in for ever. */
function oldProtection(): Defect {
  const memory = new Memory<{ protection: State["protection"] }>();
  return {
    stateMachine: (state, input, policy, moment) => {
      const first = memory.of(state, policy, moment, () => ({ protection: undefined }));
      if (input.kind !== "protection") {
        return step({ ...state, protectionAskedMs: moment.nowMs }, input, policy, moment);
      }
      first.protection ??= input.protection === "none" ? undefined : input.protection;
      return step(state, { ...input, protection: first.protection ?? input.protection }, policy, moment);
    },
  };
}

export const DECISION_SABOTAGES: readonly Sabotage[] = [
  {
    name: "ignore-quorum-loss",
    what: "services go on without quorum",
    make: seeing((view) => ({ ...view, quorum: true })),
  },
  {
    name: "no-second-look",
    what: "what DRBD said before the delay is taken for true after it",
    make: withoutSecondLook,
  },
  {
    name: "forget-interval",
    what: "attempts to start are made without the 20 s between them",
    make: remembering(() => ({ lastAttemptMs: undefined, backoffUntilMs: -Infinity })),
  },
  { name: "stale-disks", what: "the delay is that of disks as they were once", make: withOldDisks },
  {
    name: "stop-waits-for-start",
    what: "a stop that becomes due during a start waits for its end",
    make: stopWaitsForStart,
  },
  {
    name: "stale-snapshot",
    what: "it starts while drbdsetup does not run, on what was known before",
    profile: "blind",
    make: living(() => ({ isStale: false })),
  },
  {
    name: "losers-stop",
    what: "who has lost the race stops what he never got",
    make: changingInputs((input, state) =>
      input.kind === "finished" && input.outcome === "nothingBegan" && state.phase === "starting"
        ? { ...input, outcome: "failed" }
        : input
    ),
  },
  {
    name: "gives-up",
    what: "what it has tried to start once, it never tries again",
    make: remembering((state) => state.lastAttemptMs === undefined ? {} : { backoffUntilMs: Infinity }),
  },
  { name: "never-starts", what: "it never starts anything", make: withoutAction("start") },
  { name: "never-stops", what: "it never stops anything", make: withoutAction("stop") },
  { name: "never-freezes", what: "it never freezes anything", make: withoutAction("freeze") },
  { name: "never-thaws", what: "what was frozen stays so", make: withoutAction("thaw") },
  {
    name: "never-restarts",
    what: "a failed service is not started again",
    make: withoutAction("restartUnit"),
  },
  {
    name: "ignore-lost-disk",
    what: "services stay where the disk is lost",
    make: obeying(() => ({ onDiskDetach: "ignore" })),
  },
  {
    name: "half-lost-disk",
    what: "a lost disk is left only if all volumes lost theirs",
    profile: "outages",
    make: seeing((view) => ({
      ...view,
      lostVolumes: view.lostVolumes.length === view.disks.length ? view.lostVolumes : [],
    })),
  },
  {
    name: "leaves-any-disk",
    what: "a lost disk is left though the policy is to ignore it",
    make: obeying(() => ({ onDiskDetach: "fail-over" })),
  },
  {
    name: "never-moves",
    what: "services never move to a better node",
    make: obeying(() => ({ preferredNodesPolicy: "start-only" })),
  },
  {
    name: "always-moves",
    what: "services move to a better node though they are not to",
    make: obeying(() => ({ preferredNodesPolicy: "always" })),
  },
  {
    name: "failed-stop-is-done",
    what: "a stop that failed counts as done",
    profile: "busy mounts",
    make: changingInputs((input, state) =>
      input.kind === "finished" && state.phase === "stopping" ? { ...input, outcome: "ok" } : input
    ),
  },
  {
    name: "starts-what-was-stopped",
    what: "what was just stopped is started again at once",
    make: remembering((state) =>
      state.phase === "stopped"
        ? { backoffUntilMs: -Infinity, stoppedSinceMs: -Infinity, promotableSinceMs: -Infinity }
        : {}
    ),
  },
  {
    name: "first-look-never-ends",
    what: "it never learns what runs",
    make: changingInputs((input) => input.kind === "found" ? undefined : input),
  },
  {
    name: "finds-nothing",
    what: "services that run are not found",
    make: changingInputs((input) => input.kind === "found" ? { ...input, services: "inactive" } : input),
  },
  {
    name: "no-delay",
    what: "no node waits for a better one",
    make: obeying(() => ({ sleepBeforePromoteFactor: 0 })),
  },
  {
    name: "long-delay",
    what: "a node waits three times as long",
    make: obeying(({ sleepBeforePromoteFactor }) => ({
      sleepBeforePromoteFactor: 3 * sleepBeforePromoteFactor + 1,
    })),
  },
  {
    name: "no-preference",
    what: "the place in preferred-nodes does not count",
    make: obeying(() => ({ preferredNodes: [] })),
  },
  {
    name: "no-fencing-delay",
    what: "fencing is given no time",
    make: obeying(() => ({ fencingPromoteDelayS: 0 })),
  },
  { name: "nobody", what: "it does not know the name of its node", make: living(() => ({ node: "" })) },
  {
    name: "fast-clock",
    what: "its clock is twice as fast",
    make: living(({ nowMs }) => ({ nowMs: 2 * nowMs })),
  },
  {
    name: "ignores-primary-peer",
    what: "a Primary peer is not looked at",
    make: seeing((view) => ({
      ...view,
      primaryPeer: undefined,
      mayPromote: view.mayPromote || view.primaryPeer !== undefined,
    })),
  },
  {
    name: "ignores-may-promote",
    what: "may_promote is not asked for",
    make: seeing((view) => ({ ...view, mayPromote: true })),
  },
  {
    name: "unprotected",
    what: "what nothing protects is started",
    make: changingInputs((input) => input.kind === "protection" ? { ...input, protection: "quorum" } : input),
  },
  {
    name: "old-protection",
    what: "protection is believed in for ever once it was there",
    make: oldProtection,
  },
  {
    name: "never-protected",
    what: "no resource counts as protected",
    make: changingInputs((input) => input.kind === "protection" ? { ...input, protection: "none" } : input),
  },
];
