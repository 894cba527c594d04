/**
 * Minds that are wrong in one way each. The simulation has to find them out; a simulation that does not proves nothing.
 */
import type { Mind } from "../../plugins/promoter/actor.ts";
import type { ResourceConfig } from "../../plugins/promoter/config.ts";
import { step } from "../../plugins/promoter/mind.ts";
import { BEGINNING, type Input, type Moment, type Policy, type State } from "../../plugins/promoter/state.ts";
import type { View } from "../../plugins/promoter/view.ts";

export interface Sabotage {
  readonly name: string;
  /** What is wrong. */
  readonly what: string;
  /** The rules of which at least one has to be found broken. */
  readonly breaks: readonly string[];
  /** A seed in which it is found out, as long as the seeds go as they did when this was written. */
  readonly seed: number;
  /** A mind for one run of the simulation. */
  readonly mind: () => Mind;
}

/** What a wrong mind remembers of a resource on a node, besides its state: it begins anew with each life of drbdd. */
class Memory<Value> {
  readonly #values = new Map<string, Value>();

  of(state: State, policy: Policy, moment: Moment, initial: () => Value): Value {
    const key = `${moment.node} ${(policy as ResourceConfig).name}`;
    const known = state === BEGINNING ? undefined : this.#values.get(key);
    const value = known ?? initial();
    this.#values.set(key, value);
    return value;
  }
}

/** The mind that is told another view. */
function seeing(change: (view: View) => View): Mind {
  return (state, input, policy, moment) => step(state, withView(input, change), policy, moment);
}

function withView(input: Input, change: (view: View) => View): Input {
  return input.kind === "resource" && input.view !== undefined
    ? { kind: "resource", view: change(input.view) }
    : input;
}

/** may_promote that comes and goes is taken for given until a start was made of it. */
function withoutSecondLook(): Mind {
  const memory = new Memory<{ mayPromote: boolean }>();
  return (state, input, policy, moment) => {
    const promise = memory.of(state, policy, moment, () => ({ mayPromote: false }));
    const changed = withView(input, (view) => {
      if (state.phase !== "stopped" || view.role === "Primary") promise.mayPromote = false;
      else promise.mayPromote ||= view.mayPromote;
      return promise.mayPromote ? { ...view, mayPromote: true, quorum: true, primaryPeer: undefined } : view;
    });
    return step(state, changed, policy, moment);
  };
}

/** The delay is that of the disks as they were when the resource was first seen. */
function withOldDisks(): Mind {
  const memory = new Memory<{ disks: View["disks"] | undefined }>();
  return (state, input, policy, moment) => {
    const first = memory.of(state, policy, moment, () => ({ disks: undefined }));
    const changed = withView(input, (view) => {
      first.disks ??= view.disks;
      return { ...view, disks: first.disks };
    });
    return step(state, changed, policy, moment);
  };
}

const stopWaitsForStart: Mind = (state, input, policy, moment) => {
  const result = step(state, input, policy, moment);
  const isStop = state.phase === "starting" && result.state.phase === "stopping" && input.kind !== "finished";
  if (!isStop) return result;
  const waiting: State = { ...result.state, phase: "starting", action: state.action };
  return { state: waiting, actions: [], wakeAtMs: undefined, decision: undefined };
};

const losersStop: Mind = (state, input, policy, moment) => {
  const isLost = input.kind === "finished" && input.outcome === "nothingBegan" && state.phase === "starting";
  return step(state, isLost ? { ...input, outcome: "failed" } : input, policy, moment);
};

const givesUp: Mind = (state, input, policy, moment) => {
  const hasTried = state.lastAttemptMs !== undefined;
  return step(hasTried ? { ...state, holdBackUntilMs: Infinity } : state, input, policy, moment);
};

const neverThaws: Mind = (state, input, policy, moment) => {
  const result = step(state, input, policy, moment);
  const thaws = result.actions.some(({ kind }) => kind === "thaw");
  return thaws ? { state, actions: [], wakeAtMs: undefined, decision: undefined } : result;
};

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: "ignore-quorum-loss",
    what: "services go on without quorum",
    breaks: ["without quorum"],
    seed: 3,
    mind: () => seeing((view) => ({ ...view, quorum: true })),
  },
  {
    name: "no-second-look",
    what: "what DRBD said before the delay is taken for true after it",
    breaks: ["start against DRBD"],
    seed: 1,
    mind: withoutSecondLook,
  },
  {
    name: "forget-interval",
    what: "attempts to start are made without the 20 s between them",
    breaks: ["start interval"],
    seed: 3,
    mind: () => (state, input, policy, moment) =>
      step({ ...state, lastAttemptMs: undefined, holdBackUntilMs: -Infinity }, input, policy, moment),
  },
  {
    name: "stale-disks",
    what: "the delay is that of disks as they were once",
    breaks: ["start too early"],
    seed: 1,
    mind: withOldDisks,
  },
  {
    name: "stop-waits-for-start",
    what: "a stop that becomes due during a start waits for its end",
    breaks: ["without quorum", "not Primary"],
    seed: 44,
    mind: () => stopWaitsForStart,
  },
  {
    name: "stale-picture",
    what: "it starts while drbdsetup is away, on what was known before",
    breaks: ["start on an old snapshot"],
    seed: 43,
    mind: () => (state, input, policy, moment) => step(state, input, policy, { ...moment, isStale: false }),
  },
  {
    name: "losers-stop",
    what: "who has lost the race stops what he never got",
    breaks: ["stop of nothing"],
    seed: 2,
    mind: () => losersStop,
  },
  {
    name: "gives-up",
    what: "what it has tried to start once, it never tries again",
    breaks: ["does not run"],
    seed: 3,
    mind: () => givesUp,
  },
  {
    name: "never-thaws",
    what: "what was frozen stays so",
    breaks: ["does not run"],
    seed: 38,
    mind: () => neverThaws,
  },
];
