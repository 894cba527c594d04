/** A machine of the demo's cluster: its power, its systemd and the services that run there. Its drbdd is a process. */
import { AppProcess, type Holder } from "../../../tests/simulation/cluster/programs/app_process.ts";
import { systemdOf, type UnitHost } from "../../../tests/simulation/cluster/node/node_systemd.ts";
import type { RunDrbd } from "../../../tests/simulation/cluster/programs/shim.ts";
import type { ServiceSpec } from "../../../tests/simulation/cluster/setup/spec.ts";
import { unitTexts } from "../../../tests/simulation/cluster/setup/unit_texts.ts";
import type { CommandDone } from "../../../tests/simulation/model/commands/commands.ts";
import type { Model, OpenDevice } from "../../../tests/simulation/model/model.ts";
import type { Manager } from "../../../tests/simulation/systemd/manager.ts";
import type { ProcessListener, UnitProcess } from "../../../tests/simulation/systemd/service.ts";
import { SERVICES } from "./definition.ts";
import { RunFiles } from "./run_files.ts";
import { runSystemctl } from "./systemctl.ts";

/** What is seen of a service on a node. */
export type ServiceState = "running" | "starting" | "stopping" | "failed" | "stopped";

const UNITS = unitTexts([{ services: SERVICES }]);

export class Machine implements UnitHost {
  readonly files: RunFiles;
  readonly holders = new Set<Holder>();
  /** Services whose program cannot be started here any more. */
  readonly broken = new Set<string>();
  #manager: Manager;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #isPowered = false;

  constructor(readonly model: Model, readonly name: string, root: string, runtime: string) {
    this.files = new RunFiles(root, runtime);
    this.#manager = systemdOf(this, UNITS);
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  /** systemd comes up, on a node whose DRBD is there already. */
  async begin(): Promise<void> {
    await this.files.reset();
    this.#manager = systemdOf(this, UNITS);
    this.#isPowered = true;
  }

  /** Power fails: nothing that ran is left. */
  crash(): void {
    this.#isPowered = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const holder of this.holders) if (holder instanceof AppProcess) holder.vanish();
    this.holders.clear();
    this.model.crash(this.name);
  }

  /** A run of systemctl. */
  systemctl(args: readonly string[], done: CommandDone): void {
    if (!this.#isPowered) return;
    this.files.refresh();
    runSystemctl(this.#manager, args, done);
  }

  stateOf(service: string): ServiceState {
    const process = this.#processOf(service);
    const unit = this.#manager.unit(`${service}.service`);
    if (process === undefined) return unit.state === "failed" ? "failed" : "stopped";
    if (unit.state === "deactivating") return "stopping";
    return process.isReady ? "running" : "starting";
  }

  /** A service dies, and cannot be started here any more. Returns whether it ran. */
  breakService(service: string): boolean {
    const process = this.#processOf(service);
    if (process === undefined) return false;
    this.broken.add(service);
    process.die(1);
    return true;
  }

  // What the model of systemd reaches of the node

  readonly drbd: RunDrbd = (command, done) => {
    this.model.run(this.name, command, done);
  };

  nowMs(): number {
    return performance.now();
  }

  /** A timer that is void when the node loses power. */
  setTimer(delayMs: number, fire: () => void): { cancel(): void } {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      fire();
    }, delayMs);
    this.#timers.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        this.#timers.delete(timer);
      },
    };
  }

  note(): void {}

  service(name: string): ServiceSpec | undefined {
    return SERVICES.find((service) => service.name === name);
  }

  has({ name }: ServiceSpec, trouble: string): boolean {
    return trouble === "fails to start" && this.broken.has(name);
  }

  open({ resource, volume, name }: ServiceSpec): OpenDevice | undefined {
    return this.model.open(this.name, resource, volume, name);
  }

  startApp(service: ServiceSpec, listener: ProcessListener): AppProcess {
    const process: AppProcess = new AppProcess(this, service, {
      ready: () => listener.ready(),
      ended: (exit) => {
        this.holders.delete(process);
        listener.ended(exit);
      },
    });
    this.holders.add(process);
    return process;
  }

  startDrbdd(): UnitProcess {
    throw new Error("drbdd.service has a start job: the demo starts drbdd itself");
  }

  begins(): void {}

  ceased(): void {}

  failureAction(action: string): void {
    throw new Error(`The demo configures no failure action, but systemd was to ${action}`);
  }

  #processOf(service: string): AppProcess | undefined {
    for (const holder of this.holders) {
      if (holder.service.name === service && holder instanceof AppProcess) return holder;
    }
    return undefined;
  }
}
