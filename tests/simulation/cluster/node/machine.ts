/** A node of the simulated cluster: its power, its files, its systemd, its drbdd, and what runs on its devices. */
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import type { MemoryFiles } from "../../../support/simulated/memory_files.ts";
import type { Command, CommandResult } from "../../model/commands/commands.ts";
import type { OpenDevice } from "../../model/model.ts";
import type { Random } from "../../model/random.ts";
import type { Manager } from "../../systemd/manager.ts";
import type { ProcessListener } from "../../systemd/service.ts";
import { AppProcess } from "../programs/app_process.ts";
import { Responsiveness } from "./responsiveness.ts";
import type { ClusterClock } from "../clock.ts";
import { DaemonLife } from "./daemon_life.ts";
import { Holders } from "../programs/holders.ts";
import { NodeLog } from "./node_log.ts";
import { filesAtBoot } from "./node_files.ts";
import { runDrbd } from "./node_drbd.ts";
import { execute } from "./node_programs.ts";
import { Impairments } from "./impairments.ts";
import type { MachineWorld } from "./shared_world.ts";
import { systemdOf } from "./node_systemd.ts";
import type { ProgramRun } from "../programs/programs.ts";
import {
  configuredServices,
  instanceOf,
  type NodeTables,
  type ResourceSpec,
  serviceNamed,
  type ServiceSpec,
  tablesOf,
  type Trouble,
} from "../setup/spec.ts";
import { DRBDD_UNIT } from "../setup/unit_texts.ts";

/** A shutdown that takes longer is ended by switching off. */
const SHUTDOWN_MS = 120_000;

export class Machine {
  isPowered = true;
  files: MemoryFiles;
  manager: Manager;
  life: DaemonLife | undefined;
  readonly holders = new Holders();
  /** What runs where its resource is Secondary: it holds no device. */
  readonly beside = new Holders();
  /** What is wrong here, by service. */
  readonly troubles = new Map<string, Set<Trouble["kind"]>>();
  readonly impairments = new Impairments();
  /** Runs of systemctl that wait for a job. */
  readonly waiting = new Set<ProgramRun>();
  /** When somebody last removed drop-ins. */
  dropInsTakenMs = -Infinity;
  /** Its daemon is a drbd-reactor, from its next start on. */
  isReactor = false;
  /** The backing devices have appeared. */
  hasDevices = true;
  /** The configuration of drbdd as it is on disk. */
  promoters: readonly PromoterConfig[];
  readonly log: NodeLog;
  readonly responsiveness = new Responsiveness(this);
  /** Counts boots: what belongs to an earlier one is void. */
  #boot = 0;

  constructor(readonly world: MachineWorld<Machine>, readonly name: string) {
    this.promoters = this.#tables.promoters;
    this.log = new NodeLog(world.trace, name, (level, text) => world.observer.logged(this, level, text));
    this.files = filesAtBoot(world.spec);
    this.manager = systemdOf(this, world.units);
  }

  get #tables(): NodeTables {
    return tablesOf(this.world.spec, this.name);
  }

  get clock(): ClusterClock {
    return this.world.clock;
  }

  get random(): Random {
    return this.world.random;
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  note(text: () => string): void {
    this.world.trace.note(this.name, text);
  }

  /** systemd has come up: starts what is enabled. */
  begin(): void {
    const { spec } = this.world;
    if (spec.isDrbdEnabled) {
      for (const { name, on } of spec.drbd.resources) {
        if (on === undefined || on.includes(this.name)) {
          this.manager.start(`drbd@${instanceOf(name)}.target`);
        }
      }
    }
    this.manager.start(DRBDD_UNIT);
  }

  /** Power fails, at once. */
  crash(): void {
    if (!this.isPowered) return;
    this.isPowered = false;
    this.#boot++;
    if (this.life !== undefined) {
      this.life.vanish();
      this.life = undefined;
      this.world.observer.ended(this, false, 0);
    }
    for (const holder of this.holders) if (holder instanceof AppProcess) holder.vanish();
    for (const holder of this.beside) if (holder instanceof AppProcess) holder.vanish();
    this.holders.clear();
    this.beside.clear();
    this.impairments.forget();
    this.waiting.clear();
    this.world.model.crash(this.name);
  }

  /** Power comes back; after a while the node is up. */
  boot(lateDeviceMs = 0): void {
    if (this.isPowered) return;
    this.world.model.boot(this.name, () => {
      if (this.isPowered) return;
      this.note(() => "the node is up");
      this.isPowered = true;
      const { spec, units } = this.world;
      this.hasDevices = lateDeviceMs === 0;
      this.files = filesAtBoot(spec, lateDeviceMs, (delayMs, put) =>
        this.setTimer(delayMs, () => {
          put();
          this.hasDevices = true;
        }));
      this.manager = systemdOf(this, units);
      this.begin();
    });
  }

  /** `systemctl reboot` or `poweroff`: everything is stopped in order first; `then` is called when power is off. */
  shutDown(then: () => void): void {
    const boot = this.#boot;
    const off = () => {
      if (boot !== this.#boot || !this.isPowered) return;
      this.note(() => "shut down");
      this.crash();
      then();
    };
    const timer = this.setTimer(SHUTDOWN_MS, off);
    this.manager.shutDown(() => {
      timer.cancel();
      this.drbd({ program: "drbdadm", args: ["down", "all"] }, () => this.setTimer(200, off));
    });
  }

  /** A timer that is void when the node loses power. */
  setTimer(delayMs: number, fire: () => void): { cancel(): void } {
    const boot = this.#boot;
    return this.clock.setTimer(delayMs, () => {
      if (boot === this.#boot) fire();
    });
  }

  /** Runs drbdsetup or drbdadm. `done` is called with the clock of the cluster, and never if power fails meanwhile. */
  drbd(command: Command, done: (result: CommandResult) => void): void {
    runDrbd(this, command, done);
  }

  /** Runs a program that drbdd started. */
  execute(run: ProgramRun): void {
    this.world.observer.ran(this, run);
    execute(this, run);
  }

  open({ resource, volume, name }: ServiceSpec): OpenDevice | undefined {
    return this.world.model.open(this.name, resource, volume, name);
  }

  has({ name }: ServiceSpec, trouble: Trouble["kind"]): boolean {
    return this.troubles.get(name)?.has(trouble) === true;
  }

  service(name: string): ServiceSpec | undefined {
    return serviceNamed(this.world.spec, name);
  }

  specOf(resource: string): ResourceSpec | undefined {
    return this.#tables.resources.find(({ name }) => name === resource);
  }

  servicesOf(resource: string): readonly ServiceSpec[] {
    return this.specOf(resource)?.services ?? [];
  }

  isConfigured({ resource, name }: ServiceSpec): boolean {
    const spec = this.specOf(resource);
    return spec !== undefined && configuredServices(this.promoters, spec)?.includes(name) === true;
  }

  processOf(service: ServiceSpec): AppProcess | undefined {
    for (const holder of service.when === "Secondary" ? this.beside : this.holders) {
      if (holder.service === service && holder instanceof AppProcess) return holder;
    }
    return undefined;
  }

  targetOf(resource: string): string {
    return `drbd-services@${instanceOf(resource)}.target`;
  }

  /** `systemctl reload drbdd`, after a change of its configuration. */
  reload(promoters: readonly PromoterConfig[]): void {
    const before = this.promoters;
    this.promoters = promoters;
    this.world.observer.reloaded(this, before);
    void this.life?.reload(promoters);
  }

  /** Starts a program for a service, as a unit's main process or by a shell. */
  startApp(service: ServiceSpec, listener: ProcessListener): AppProcess {
    const isBeside = service.when === "Secondary";
    const holders = isBeside ? this.beside : this.holders;
    if (!isBeside) this.begins(service);
    const process: AppProcess = new AppProcess(this, service, {
      ready: () => listener.ready(),
      ended: (exit) => {
        holders.delete(process);
        if (!isBeside) this.ceased(service, process.endedByItself);
        listener.ended(exit);
      },
    });
    holders.add(process);
    return process;
  }

  /** `ExecStart=` of drbdd.service. */
  startDrbdd(listener: ProcessListener): DaemonLife {
    const { model, observer } = this.world;
    const boot = this.#boot;
    const life: DaemonLife = new DaemonLife(
      {
        name: this.name,
        clock: this.clock,
        random: this.random,
        files: this.files,
        log: this.log,
        defect: this.world.defect,
        isReactor: this.isReactor,
        lateness: () => this.impairments.eventLatenessMs,
        isDrbdsetupBroken: () => this.impairments.isDrbdsetupBroken,
        missingInDump: () => this.impairments.missingInDump,
        failsToSignal: () => this.impairments.failsToSignal(),
        listen: () => model.listen(this.name),
        unlisten: (lines) => {
          if (boot === this.#boot) model.unlisten(this.name, lines);
        },
        requestStatistics: (lines) => model.requestStatistics(this.name, lines),
        printed: (lines) => {
          for (const line of lines) this.note(() => `drbd: ${line}`);
        },
        execute: (run) => this.execute(run),
        stateMachineOf: () => observer.stateMachineOf(this),
        failed: (why) => observer.drbddFailed(this, why),
      },
      this.promoters,
      {
        ready: () => listener.ready(),
        ended: (exit) => {
          if (this.life === life) this.life = undefined;
          if (boot === this.#boot) observer.ended(this, exit.code === 0, life.alertBeforeEndMs);
          if (boot === this.#boot) listener.ended(exit);
        },
      },
    );
    life.stall(this.impairments.asleepUntilMs - this.nowMs());
    this.life = life;
    return life;
  }

  begins(service: ServiceSpec): void {
    this.world.observer.begins(this, service);
  }

  ceased(service: ServiceSpec, isByItself: boolean): void {
    this.world.observer.ceased(this, service, isByItself);
  }

  /** `FailureAction=` of a unit that failed. */
  failureAction(action: string): void {
    this.note(() => `systemd: failure action ${action}`);
    this.crash();
    if (action.startsWith("reboot")) this.boot();
  }
}
