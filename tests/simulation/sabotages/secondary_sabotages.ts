/** Wrong decisions about services that run where a resource is Secondary. */
import {
  type SecondaryInput,
  type SecondaryState,
  secondaryStep,
  type SecondaryView,
} from "../../../plugins/promoter/secondary/decide.ts";
import type { Defect } from "../cluster/node/defect.ts";
import type { Sabotage } from "./sabotage.ts";

/** Gets another input; undefined: none. */
function changingInputs(change: (input: SecondaryInput) => SecondaryInput | undefined): () => Defect {
  return () => ({
    secondaryStep: (state, input, moment) => {
      const changed = change(input);
      return changed === undefined
        ? { state, action: undefined, wakeAtMs: undefined, decision: undefined }
        : secondaryStep(state, changed, moment);
    },
  });
}

function seeing(change: (view: SecondaryView) => SecondaryView): () => Defect {
  return changingInputs((input) =>
    input.kind === "resource" && input.view !== undefined ? { ...input, view: change(input.view) } : input
  );
}

/** Does not stop for this reason. */
function staying(decision: RegExp): () => Defect {
  return () => ({
    secondaryStep: (state, input, moment) => {
      const step = secondaryStep(state, input, moment);
      if (step.decision === undefined || !decision.test(step.decision)) return step;
      const { phase, action } = state;
      return { ...step, state: { ...step.state, phase, action }, action: undefined, decision: undefined };
    },
  });
}

const profile = "secondaries";

export const SECONDARY_SABOTAGES: readonly Sabotage[] = [
  {
    name: "beside-primary",
    what: "services for a Secondary stay where somebody else has promoted",
    profile,
    make: staying(/^stop: the resource is Primary here/),
  },
  {
    name: "beside-promotion",
    what: "services for a Secondary count as stopped when drbdd is to promote",
    profile,
    make: () => ({
      secondaryStep: (state, input, moment) => {
        const step = secondaryStep(state, input, moment);
        const isGivingWay = input.kind === "promoting" && input.isPromoting && step.action?.kind === "stop";
        return isGivingWay
          ? { ...step, state: { ...step.state, phase: "stopped" }, action: undefined }
          : step;
      },
    }),
  },
  {
    name: "beside-any-disk",
    what: "services for a Secondary run on any data",
    profile,
    make: seeing((view) => ({ ...view, disks: view.disks.map(() => "UpToDate" as const) })),
  },
  {
    name: "beside-nothing",
    what: "services for a Secondary stay where the resource is not up any more",
    profile,
    make: staying(/^stop: the resource is not up/),
  },
  {
    name: "beside-lost-disk",
    what: "services for a Secondary stay where the disk is lost",
    profile,
    make: staying(/^stop: a local disk is/),
  },
  {
    name: "beside-never",
    what: "services for a Secondary are never started",
    profile,
    make: changingInputs((input) => input.kind === "prepared" ? undefined : input),
  },
  {
    name: "beside-once",
    what: "services for a Secondary are not started again",
    profile,
    make: () => ({
      secondaryStep: (state, input, moment) => {
        const started: SecondaryState = state.action > 0 ? { ...state, startAgainMs: Infinity } : state;
        return secondaryStep(started, input, moment);
      },
    }),
  },
  {
    name: "beside-on-hold",
    what: "services for a Secondary are started on hold",
    profile,
    make: changingInputs((input) => input.kind === "hold" ? undefined : input),
  },
];
