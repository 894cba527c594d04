/** Wrong memory: what is counted, forgotten, held back, or never learnt. */
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import { changingInputs, obeying, remembering, type Sabotage, seeing, withView } from "./sabotage.ts";

export const MEMORY_SABOTAGES: readonly Sabotage[] = [
  {
    name: "ignores-demotion",
    what: "services go on where the resource became Secondary",
    make: seeing((view) => ({ ...view, role: "Primary" })),
  },
  {
    name: "no-hold-back",
    what: "a node on which services failed does not hold back",
    profile: "services",
    make: remembering(() => ({ backoffUntilMs: -Infinity })),
  },
  {
    name: "holds-back-for-ever",
    what: "a node on which services failed holds back for ever",
    make: remembering(({ backoffUntilMs }) => ({
      backoffUntilMs: backoffUntilMs > 0 ? Infinity : backoffUntilMs,
    })),
  },
  {
    name: "no-limit",
    what: "restarts have no limit",
    profile: "services",
    make: obeying(() => ({ serviceFailureLimit: Infinity })),
  },
  {
    name: "forgets-restarts",
    what: "restarts are not counted",
    profile: "services",
    make: remembering(() => ({ restarts: [] })),
  },
  {
    name: "ignores-failures",
    what: "a service that failed is ignored",
    profile: "services",
    make: changingInputs((input) => input.kind === "unitFailed" ? undefined : input),
  },
  {
    name: "fails-over-always",
    what: "a service that failed is ignored by policy, but stopped",
    make: obeying(() => ({ onServiceFailure: "fail-over" })),
  },
  {
    name: "no-reason",
    what: "nothing is said about why",
    make: () => ({ stateMachine: (...args) => ({ ...step(...args), decision: undefined }) }),
  },
  {
    name: "takes-any-primary",
    what: "a Primary of an administrator's is taken for its own",
    profile: "by hand",
    make: remembering(({ view }) => view?.role === "Primary" ? { isOurs: true } : {}),
  },
  {
    name: "ignores-hold",
    what: "it is not notified of a hold",
    profile: "holds",
    make: changingInputs((input) => input.kind === "hold" ? undefined : input),
  },
  {
    name: "holds-on",
    what: "it is not notified of the end of a hold",
    profile: "holds",
    make: changingInputs((input) => input.kind === "hold" && !input.isOnHold ? undefined : input),
  },
  {
    name: "held-without-quorum",
    what: "what is on hold is not stopped when quorum is lost",
    profile: "holds",
    make: () => ({
      stateMachine: (state, input, policy, moment) => {
        const changed = state.isOnHold ? withView(input, (view) => ({ ...view, quorum: true })) : input;
        return step(state, changed, policy, moment);
      },
    }),
  },
  {
    name: "doubts-what-runs",
    what: "what runs when drbdd begins is taken to be left behind",
    profile: "beside drbd-reactor",
    make: changingInputs((input, state) =>
      input.kind === "found" && state.phase === "unsure" && input.services === "active"
        ? { ...input, services: "halfStopped" }
        : input
    ),
  },
  {
    name: "starts-together",
    what: "it knows nothing of resources that it is not to run with",
    profile: "apart",
    make: changingInputs((input) => input.kind === "neighbours" ? undefined : input),
  },
  {
    name: "stays-together",
    what: "services stay with those that they are not to run with",
    profile: "apart",
    make: changingInputs((input) =>
      input.kind === "neighbours"
        ? { ...input, neighbours: input.neighbours.map((each) => ({ ...each, hasPrecedence: false })) }
        : input
    ),
  },
  {
    name: "no-late-promotion",
    what: "a promotion that comes through late is left",
    profile: "late promotions",
    make: remembering(() => ({ cutOffMs: undefined })),
  },
  {
    name: "stops-once",
    what: "a stop that failed is not repeated",
    profile: "stuck",
    make: changingInputs((input, state) =>
      input.kind === "tick" && state.phase === "stopping" ? undefined : input
    ),
  },
  {
    name: "no-ticks",
    what: "it never wakes by itself",
    make: changingInputs((input) => input.kind === "tick" ? undefined : input),
  },
  {
    name: "leaves-services",
    what: "services are left though they are to be stopped with drbdd",
    profile: "exits",
    make: () => ({ config: (config) => ({ ...config, stopServicesOnExit: false }) }),
  },
  {
    name: "never-prepared",
    what: "it never learns that a resource is prepared",
    make: changingInputs((input) => input.kind === "prepared" ? undefined : input),
  },
  {
    name: "stale-is-gone",
    what: "services are stopped when drbdsetup ends",
    make: () => ({
      stateMachine: (state, input, policy, moment) =>
        step(state, moment.isStale ? { kind: "resource", view: undefined } : input, policy, moment),
    }),
  },
  {
    name: "freezes-never-by-policy",
    what: "services are stopped though they are to be frozen",
    make: obeying(() => ({ onQuorumLoss: "shutdown" })),
  },
  {
    name: "freezes-always",
    what: "services are frozen though they are to be stopped",
    make: obeying(() => ({ onQuorumLoss: "freeze" })),
  },
];
