/** One life of drbdd on a node: the real daemon with the real promoter, from its start to its end. */
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import { promoterWith } from "../../../../plugins/promoter/mod.ts";
import type { StateMachine } from "../../../../plugins/promoter/control/actor.ts";
import { Daemon, type Settings } from "../../../../src/daemon/daemon.ts";
import type { Clock, Effects, ExitStatus, Files } from "../../../../src/effects/effects.ts";
import type { Plugin } from "../../../../src/daemon/plugins/plugin.ts";
import { sleepBy } from "../../../../src/effects/waiting/sleep.ts";
import type { Pipe } from "../../../support/simulated/simulated_processes.ts";
import type { Listener } from "../../model/output/listener.ts";
import type { Random } from "../../model/random.ts";
import type { ProcessListener, UnitProcess } from "../../systemd/service.ts";
import type { ClusterClock } from "../clock.ts";
import { SimulatedEvents2 } from "../programs/events2_process.ts";
import { NodeLog } from "./node_log.ts";
import { configsOf, type Defect, filesOf, processesOf } from "./defect.ts";
import { secondaryStep } from "../../../../plugins/promoter/secondary/decide.ts";
import { reactor } from "./reactor.ts";
import { LifeProcesses, type ProgramRun } from "../programs/programs.ts";

/** What a drbdd has of its node. */
export interface LifeHost {
  readonly name: string;
  readonly clock: ClusterClock;
  readonly random: Random;
  readonly files: Files;
  readonly log: NodeLog;
  /** How late lines are now, in ms. */
  lateness(): number;
  /** It ends as soon as it is started. */
  isDrbdsetupBroken(): boolean;
  /** What a dump of drbdsetup that begins now lacks. */
  missingInDump(): string | undefined;
  /** The program that signals a process group cannot be started now. */
  failsToSignal(): boolean;
  listen(): Listener;
  unlisten(listener: Listener): void;
  requestStatistics(listener: Listener): void;
  printed(lines: readonly string[]): void;
  /** drbdd started a program. */
  execute(run: ProgramRun): void;
  /** What is wrong with it on purpose. */
  readonly defect: Defect;
  /** It is a drbd-reactor. */
  readonly isReactor: boolean;
  /** The state machine that its promoters have. */
  stateMachineOf(): StateMachine;
  /** drbdd itself is at fault. */
  failed(why: string): void;
}

/** Output that comes later than this is too late to act on in time. */
const LATE_MS = 100;
/** The first lines of drbdsetup have been read after this. */
const FIRST_LINES_MS = 100;
const STATISTICS_MS = 60_000;

export class DaemonLife implements UnitProcess {
  readonly #daemon: Daemon;
  readonly #plugin: Plugin<unknown>;
  readonly #stop = new AbortController();
  #isDead = false;
  #stalledUntilMs = 0;
  #events2: SimulatedEvents2 | undefined;
  #isReady = false;
  /** When it was asked to end. */
  endingSinceMs: number | undefined;
  /** Since when it could see what happens, and for how long when it was asked to end. */
  alertSinceMs: number | undefined;
  alertBeforeEndMs = 0;
  /** When drbdsetup last ended, or this life began. */
  #awaySinceMs: number;

  constructor(
    readonly host: LifeHost,
    promoters: readonly PromoterConfig[],
    readonly listener: ProcessListener,
  ) {
    this.#awaySinceMs = host.clock.nowMs();
    const base = host.isReactor ? reactor : promoterWith({
      step: host.stateMachineOf(),
      secondaryStep: host.defect.secondaryStep ?? secondaryStep,
    });
    this.#plugin = {
      ...base,
      run: (config, context) => {
        return base.run(config as PromoterConfig, { ...context, log: host.log.of("promoter") });
      },
    };
    host.clock.isAnybodyNotified = true;
    this.#daemon = new Daemon(this.#effects(), this.#settings(promoters), host.log.of("daemon"));
    this.#daemon.run(this.#stop.signal).then(
      () => this.#end({ code: 0, signal: undefined }),
      (error) => {
        host.failed(`drbdd ended with ${error instanceof Error ? error.stack : error}`);
        this.#end({ code: 1, signal: undefined });
      },
    );
  }

  get isOver(): boolean {
    return this.#isDead;
  }

  /** It sees what happens, and can act on it at once: drbdsetup runs, and its first lines have had time to be read. */
  get isEnding(): boolean {
    return this.endingSinceMs !== undefined;
  }

  get isAlert(): boolean {
    const nowMs = this.host.clock.nowMs();
    const events2 = this.#events2;
    const isAlert = !this.#isDead && !this.host.isReactor && !this.isEnding &&
      this.#stalledUntilMs <= nowMs &&
      events2?.listeningSinceMs !== undefined && !events2.isDumpCut && events2.behindMs < LATE_MS &&
      nowMs - events2.listeningSinceMs >= FIRST_LINES_MS;
    if (isAlert) this.alertSinceMs ??= nowMs;
    return isAlert;
  }

  /** drbdsetup has not run for longer than `forMs`, and drbdd could notice. */
  isDrbdsetupAway(forMs: number): boolean {
    const nowMs = this.host.clock.nowMs();
    const awaySinceMs = Math.max(this.#awaySinceMs, this.#events2?.endedMs ?? -Infinity);
    return this.#events2?.listeningSinceMs === undefined && nowMs - awaySinceMs > forMs &&
      nowMs - this.#stalledUntilMs > forMs;
  }

  /** How often its promoters failed and were started again: never, if all is well. */
  get pluginRestarts(): number {
    return this.#daemon.answers.pluginRestarts.get("promoter") ?? 0;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#isDead) return;
    if (signal === "SIGKILL") return this.die();
    const nowMs = this.host.clock.nowMs();
    this.alertBeforeEndMs = this.isAlert && this.alertSinceMs !== undefined ? nowMs - this.alertSinceMs : 0;
    this.endingSinceMs = nowMs;
    this.deliver(() => this.#stop.abort());
  }

  freeze(): void {
    // Nobody freezes drbdd.
  }

  /** Killed: what it started goes on without it, as its unit has KillMode=process. */
  die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#events2?.abandon();
    this.host.clock.setTimer(1, () => this.listener.ended({ code: undefined, signal: "SIGKILL" }));
  }

  /** Its node lost power. */
  vanish(): void {
    this.#isDead = true;
  }

  /** It does not get to anything for a while. */
  stall(durationMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.host.clock.nowMs() + durationMs);
  }

  killDrbdsetup(): void {
    this.#events2?.kill("SIGKILL");
  }

  async reload(promoters: readonly PromoterConfig[]): Promise<void> {
    this.host.clock.isAnybodyNotified = true;
    if (this.host.defect.ignoresReload === true) return;
    if (!this.#isDead && !this.isEnding) await this.#daemon.reload(this.#settings(promoters));
  }

  /** Calls `notify` when drbdd gets to it. */
  deliver(notify: () => void): void {
    const waitMs = this.#stalledUntilMs - this.host.clock.nowMs();
    if (waitMs > 0) {
      this.host.clock.setTimer(waitMs, () => this.deliver(notify));
      return;
    }
    if (this.#isDead) return;
    this.host.clock.isStirred = true;
    this.host.clock.isAnybodyNotified = true;
    notify();
  }

  #end(status: ExitStatus): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#events2?.abandon();
    this.host.clock.setTimer(1, () => this.listener.ended({ code: status.code }));
  }

  #settings(promoters: readonly PromoterConfig[]): Settings {
    return {
      statisticsPollIntervalMs: STATISTICS_MS,
      instances: configsOf(promoters, this.host.defect).map((config) => ({ plugin: this.#plugin, config })),
    };
  }

  #effects(): Effects {
    const { host } = this;
    return {
      clock: this.#clock(),
      processes: processesOf(
        new LifeProcesses({
          deliver: (notify) => this.deliver(notify),
          setTimer: (delayMs, fire) => host.clock.setTimer(delayMs, fire),
          execute: (run) => {
            if (!this.#isDead) host.execute(run);
          },
          listen: (stdout, onEnd) => this.#listen(stdout, onEnd),
          failsToSignal: () => host.failsToSignal(),
        }),
        host.defect,
      ),
      files: filesOf(host.files, host.defect),
      network: {
        serveHttp: () => Promise.reject(new Error("no network in the simulation")),
        connect: () => Promise.reject(new Error("no network in the simulation")),
      },
      notifier: {
        send: (message) => {
          this.#logged(message);
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      },
      // Nobody looks at metrics of the process.
      ownProcess: () => new Promise(() => {}),
      random: () => host.random.next(),
      pid: 4711,
      nodeName: () => host.name,
      environment: (name) => name === "PATH" ? "/usr/sbin:/usr/bin" : undefined,
    };
  }

  #clock(): Clock {
    const { clock, defect: { timersLateMs: lateMs = 0 } } = this.host;
    const setTimer: Clock["setTimer"] = (delayMs, fire) =>
      clock.setTimer(delayMs + lateMs, () => this.deliver(fire));
    return {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      setTimer,
      nextTurn: () => new Promise((resolve) => setTimer(0, resolve)),
      sleep: (delayMs, signal) => sleepBy(setTimer, delayMs, signal),
    };
  }

  #listen(stdout: Pipe, onEnd: (status: ExitStatus) => void): SimulatedEvents2 {
    const { host } = this;
    this.#events2 = new SimulatedEvents2(
      {
        setTimer: (delayMs, fire) => host.clock.setTimer(delayMs, fire),
        deliver: (notify) => this.deliver(notify),
        random: host.random,
        latenessMs: () => host.lateness(),
        isBroken: () => host.isDrbdsetupBroken(),
        missingInDump: () => host.missingInDump(),
        listen: () => host.listen(),
        unlisten: (listener) => host.unlisten(listener),
        requestStatistics: (listener) => host.requestStatistics(listener),
        printed: (lines) => host.printed(lines),
        read: (line) => host.defect.line === undefined ? line : host.defect.line(line),
      },
      stdout,
      (status) => {
        this.#awaySinceMs = host.clock.nowMs();
        onEnd(status);
      },
      () => host.clock.nowMs(),
    );
    return this.#events2;
  }

  #logged(message: string): void {
    if (!message.startsWith("READY=1") || this.#isReady) return;
    this.#isReady = true;
    this.host.clock.setTimer(0, () => {
      if (!this.#isDead) this.listener.ready();
    });
  }
}
