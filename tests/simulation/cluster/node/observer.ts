/** Who is notified of what happens on the nodes. */
import type { StateMachine } from "../../../../plugins/promoter/control/actor.ts";
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import type { LogLevel } from "./node_log.ts";
import type { ProgramRun } from "../programs/programs.ts";
import type { ServiceSpec } from "../setup/spec.ts";

/** Who looks whether all is well. */
export interface MachineObserver<Node> {
  /** The state machine of a drbdd, observed. */
  stateMachineOf(machine: Node): StateMachine;
  /** drbdd started a program. */
  ran(machine: Node, run: ProgramRun): void;
  /** Somebody opens a device on behalf of a service that is being started. */
  begins(machine: Node, service: ServiceSpec): void;
  /** It has ended, or did not get through its start; by itself: nobody asked it to. */
  ceased(machine: Node, service: ServiceSpec, isByItself: boolean): void;
  /** An administrator stops a service. */
  stoppedByHand(machine: Node, service: ServiceSpec): void;
  /** An administrator starts the target of a resource. */
  startedByHand(machine: Node, resource: string): void;
  /** An administrator has promoted a resource. */
  primaryByHand(machine: Node, resource: string): void;
  /** drbdd reads its configuration again. */
  reloaded(machine: Node, before: readonly PromoterConfig[]): void;
  /** drbdd has ended, in good order or not; `alertMs`: so long it could see when it was asked to. */
  ended(machine: Node, isOrderly: boolean, alertMs: number): void;
  /** drbdd has logged something. */
  logged(machine: Node, level: LogLevel, text: string): void;
  drbddFailed(machine: Node, why: string): void;
}
