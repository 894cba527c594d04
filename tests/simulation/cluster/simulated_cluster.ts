/** Where things happen: the cluster, as faults get at it. */
import type { Model } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import type { ClusterClock } from "./clock.ts";
import type { Machine } from "./node/machine.ts";
import type { Manager } from "../systemd/manager.ts";
import type { ClusterSpec, ResourceSpec, ServiceSpec, Trouble } from "./setup/spec.ts";
import type { Trace } from "./trace.ts";

export class SimulatedCluster {
  /** What administrators run or will run, by the boot of its node; the first of them runs. */
  readonly #open = new WeakMap<Manager, (() => void)[]>();

  isFencingBroken = false;

  constructor(
    readonly spec: ClusterSpec,
    readonly clock: ClusterClock,
    readonly model: Model,
    readonly random: Random,
    readonly machines: readonly Machine[],
    readonly trace: Trace,
    /** Something was done to a resource, or to all. */
    readonly disturb: (resource?: string) => void,
  ) {}

  get nowMs(): number {
    return this.clock.nowMs();
  }

  happened(node: string, text: string, resource?: string): void {
    this.trace.note(node, () => `FAULT ${resource === undefined ? "" : `${resource}: `}${text}`);
    this.disturb(resource);
  }

  /** How long something lasts: until the calm, or for a while. */
  lasting(longestMs: number): { lastsMs?: number } {
    return this.random.chance(0.7) ? { lastsMs: this.random.between(200, longestMs) } : {};
  }

  /** A node with power; undefined if there is none. */
  machine(): Machine | undefined {
    const powered = this.machines.filter(({ isPowered }) => isPowered);
    return powered.length === 0 ? undefined : this.random.pick(powered);
  }

  resource(): ResourceSpec {
    return this.random.pick(this.spec.resources);
  }

  /** A service and a node, where its resource is Primary if there is such a one. */
  service(): { readonly service: ServiceSpec; readonly machine: Machine } | undefined {
    const service = this.random.pick(this.resource().services);
    const primary = this.machines.find(({ name }) =>
      this.model.resource(name, service.resource)?.is.role === "Primary"
    );
    const machine = primary !== undefined && this.random.chance(0.6) ? primary : this.machine();
    return machine === undefined ? undefined : { service, machine };
  }

  /** The node on which a resource is Primary. */
  primary({ name }: Pick<ResourceSpec, "name">): Machine | undefined {
    return this.machines.find((machine) => this.model.resource(machine.name, name)?.is.role === "Primary");
  }

  addTrouble(machine: Machine, { name }: ServiceSpec, kind: Trouble["kind"]): () => void {
    const troubles = machine.troubles.get(name) ?? new Set();
    machine.troubles.set(name, troubles);
    troubles.add(kind);
    return () => troubles.delete(kind);
  }

  /** Somebody runs drbdadm on a node, when what he ran there before is over: the kernel takes one at a time. */
  drbdadm(machine: Machine, args: readonly string[], onEnd: (isDone: boolean) => void = () => {}): void {
    const open = this.#open.get(machine.manager) ?? [];
    this.#open.set(machine.manager, open);
    const run = () => {
      machine.drbd({ program: "drbdadm", args }, ({ code, stderr }) => {
        machine.note(() => `drbdadm ${args.join(" ")}: exit ${code} ${stderr.trim()}`);
        onEnd(code === 0);
        this.disturb();
        open.shift();
        open[0]?.();
      });
    };
    if (open.push(run) === 1) run();
  }
}
