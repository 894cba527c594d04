/** A promoter that is wrong in one way. The simulation has to find it out; one that does not proves nothing. */
import type { StateMachine } from "../../../plugins/promoter/control/actor.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config.ts";
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import {
  INITIAL_STATE,
  type Input,
  type Moment,
  type Policy,
  type State,
  type Step,
} from "../../../plugins/promoter/decide/state.ts";
import type { View } from "../../../plugins/promoter/decide/view.ts";
import type { FaultProfile } from "../cluster/faults/fault_profiles.ts";
import type { Defect } from "../cluster/node/defect.ts";

/** A text of a source file that occurs there once, and what stands there instead. */
export interface SourceChange {
  /** Relative to the root of the tree. */
  readonly file: string;
  readonly find: string;
  readonly replacement: string;
}

export interface Sabotage {
  readonly name: string;
  /** What is wrong. */
  readonly what: string;
  /** Made again for each run, as some remember something. */
  readonly make: () => Defect;
  /** What no `Defect` can take out: it is wrong in a copy of the tree. */
  readonly change?: SourceChange;
  /** The faults among which it shows; default: all. */
  readonly profile?: FaultProfile;
}

/** What a wrong state machine remembers of a resource on a node, besides its state: it starts over with each life of drbdd. */
export class Memory<Value> {
  readonly #values = new Map<string, Value>();

  of(state: State, policy: Policy, moment: Moment, initial: () => Value): Value {
    const key = `${moment.node} ${(policy as ResourceConfig).name}`;
    const known = state === INITIAL_STATE ? undefined : this.#values.get(key);
    const value = known ?? initial();
    this.#values.set(key, value);
    return value;
  }
}

/** Nothing comes of an input. */
export function nothing(state: State): Step {
  return { state, actions: [], wakeAtMs: undefined, decision: undefined };
}

export function withView(input: Input, change: (view: View) => View): Input {
  return input.kind === "resource" && input.view !== undefined
    ? { ...input, view: change(input.view) }
    : input;
}

/** Sees another view. */
export function seeing(change: (view: View) => View): () => Defect {
  return () => ({
    stateMachine: (state, input, policy, moment) => step(state, withView(input, change), policy, moment),
  });
}

/** Knows another policy. */
export function obeying(change: (policy: Policy) => Partial<Policy>): () => Defect {
  return () => ({
    stateMachine: (state, input, policy, moment) =>
      step(state, input, { ...policy, ...change(policy) }, moment),
  });
}

/** Gives the state machine another state. */
export function remembering(change: (state: State, moment: Moment) => Partial<State>): () => Defect {
  return () => ({
    stateMachine: (state, input, policy, moment) =>
      step({ ...state, ...change(state, moment) }, input, policy, moment),
  });
}

/** Gets another input; undefined: none. */
export function changingInputs(change: (input: Input, state: State) => Input | undefined): () => Defect {
  return () => ({
    stateMachine: (state, input, policy, moment) => {
      const changed = change(input, state);
      return changed === undefined ? nothing(state) : step(state, changed, policy, moment);
    },
  });
}

/** Is somewhere, or some time, else. */
export function living(change: (moment: Moment) => Partial<Moment>): () => Defect {
  return () => ({
    stateMachine: (state, input, policy, moment) =>
      step(state, input, policy, { ...moment, ...change(moment) }),
  });
}

/** Never begins an action of this kind, but believes that it did nothing. */
export function withoutAction(kind: Step["actions"][number]["kind"]): () => Defect {
  const stateMachine: StateMachine = (state, input, policy, moment) => {
    const result = step(state, input, policy, moment);
    return result.actions.some((action) => action.kind === kind) ? nothing(state) : result;
  };
  return () => ({ stateMachine });
}
