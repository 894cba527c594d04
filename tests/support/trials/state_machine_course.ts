/** The promoter's state machine at work: a policy, views of a resource, and a course of inputs. */
import { step } from "../../../plugins/promoter/decide/state_machine.ts";
import {
  INITIAL_STATE,
  type Input,
  type Moment,
  type Outcome,
  type Policy,
  type SplitBrainProtection,
  type State,
  type Step,
} from "../../../plugins/promoter/decide/state.ts";
import type { View } from "../../../plugins/promoter/decide/view.ts";

export const POLICY: Policy = {
  runner: "systemd",
  preferredNodes: [],
  preferredNodesPolicy: "always",
  fencingPromoteDelayS: 5,
  onQuorumLoss: "shutdown",
  onDiskDetach: "ignore",
  sleepBeforePromoteFactor: 1,
  onServiceFailure: "ignore",
  serviceFailureLimit: 3,
};
export const FREEZE: Policy = { ...POLICY, onQuorumLoss: "freeze" };

export const SECONDARY: View = {
  role: "Secondary",
  mayPromote: false,
  quorum: true,
  primaryPeer: undefined,
  primaryPeers: [],
  isMissingPeers: false,
  disks: ["UpToDate"],
  lostVolumes: [],
  upToDateElsewhere: [0],
  upToDatePeers: ["beta", "gamma"],
  connected: ["beta", "gamma"],
  disconnected: [],
  isServing: true,
};
export const PROMOTABLE: View = { ...SECONDARY, mayPromote: true };
export const PRIMARY: View = { ...SECONDARY, role: "Primary" };
export const NO_QUORUM: View = {
  ...PRIMARY,
  quorum: false,
  isServing: false,
  isMissingPeers: true,
  upToDatePeers: [],
  upToDateElsewhere: [],
  connected: [],
  disconnected: ["beta", "gamma"],
};

/** An answer about DRBD's options counts as asked for just now, unless a test says otherwise. */
export type TestInput =
  | Exclude<Input, { kind: "protection" }>
  | { kind: "protection"; protection: SplitBrainProtection | undefined; askedMs?: number };

/** Feeds inputs, keeps time, remembers what was done. */
export class Course {
  state: State = INITIAL_STATE;
  /** The monotonic clock has no origin: what never happened is not to look as if it happened at 0. */
  nowMs = -1_000_000;
  isStale = false;
  /** DRBD's options are asked for, and known, all the time. */
  isAsking = true;
  last: Step = { state: INITIAL_STATE, actions: [], wakeAtMs: undefined, decision: undefined };
  readonly done: string[] = [];

  constructor(readonly policy: Policy = POLICY, readonly node = "alpha") {}

  feed(...inputs: TestInput[]): this {
    for (const each of inputs) {
      const input = each.kind === "protection" ? { askedMs: this.nowMs, ...each } : each;
      if (this.isAsking) this.state = { ...this.state, protectionAskedMs: this.nowMs };
      const moment: Moment = { nowMs: this.nowMs, node: this.node, isStale: this.isStale };
      this.last = step(this.state, input, this.policy, moment);
      this.state = this.last.state;
      for (const action of this.last.actions) {
        this.done.push(action.kind === "restartUnit" ? `restart ${action.unit}` : action.kind);
      }
    }
    return this;
  }

  see(view: View | undefined): this {
    return this.feed({ kind: "resource", view });
  }

  finish(outcome: Outcome = "ok"): this {
    return this.feed({ kind: "finished", action: this.state.action, outcome });
  }

  pass(durationMs: number): this {
    this.nowMs += durationMs;
    return this.feed({ kind: "tick" });
  }

  /** Everything known and ready, the services not running. */
  ready(view = SECONDARY): this {
    return this.feed(
      { kind: "protection", protection: "quorum" },
      { kind: "found", services: "inactive" },
      { kind: "prepared" },
      { kind: "resource", view },
    );
  }

  /** The services run here. */
  running(): this {
    return this.ready(PROMOTABLE).pass(10_000).see(PRIMARY).finish();
  }
}
