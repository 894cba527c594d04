/** A service: its commands, its main process, its time-outs, as in systemd's service.c. */
import { type ActiveState, Unit, type UnitListener } from "./unit.ts";
import type { UnitFile } from "./unit_file.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | undefined;
  readonly signal?: string;
}

/** A process that systemd started. */
export interface UnitProcess {
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  freeze(frozen: boolean): void;
}

export interface ProcessListener {
  /** It says that it is ready (`Type=notify`). */
  ready(): void;
  /** It is over; said once, and never before `spawn` returned. */
  ended(exit: Exit): void;
}

export interface ServiceHost extends UnitListener {
  spawn(unit: string, command: string, listener: ProcessListener): UnitProcess;
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
}

type Phase =
  | "dead"
  | "condition"
  | "start"
  | "running"
  | "exited"
  | "stop"
  | "sigterm"
  | "sigkill"
  | "stop-post"
  | "failed"
  | "auto-restart";

const STATES: Readonly<Record<Phase, ActiveState>> = {
  "dead": "inactive",
  "condition": "activating",
  "start": "activating",
  "running": "active",
  "exited": "active",
  "stop": "deactivating",
  "sigterm": "deactivating",
  "sigkill": "deactivating",
  "stop-post": "deactivating",
  "failed": "failed",
  "auto-restart": "activating",
};

const START_LIMIT_INTERVAL_MS = 10_000;
const START_LIMIT_BURST = 5;
const DEFAULT_TIMEOUT_MS = 90_000;
const DEFAULT_RESTART_MS = 100;
/** Exit codes of an ExecCondition= that say no; others are failures. */
const LAST_NO = 254;

export class Service extends Unit {
  #phase: Phase = "dead";
  #main: UnitProcess | undefined;
  /** A command of the unit's: one runs at a time. */
  #command: UnitProcess | undefined;
  #timer: { cancel(): void } | undefined;
  #isFrozen = false;
  /** When it was started, as far as that matters for the start limit. */
  readonly #startsMs: number[] = [];
  /** Something went wrong since it was started. */
  #hasFailed = false;

  constructor(file: UnitFile, readonly host: ServiceHost) {
    super(file, host);
  }

  override get type(): string {
    return this.file.last("Service.Type") ?? "simple";
  }

  override get freezerState(): "running" | "frozen" {
    return this.#isFrozen ? "frozen" : "running";
  }

  get hasProcesses(): boolean {
    return this.#main !== undefined || this.#command !== undefined;
  }

  start(): void {
    if (this.#isStartedTooOften()) {
      this.#hasFailed = true;
      return this.#enter("failed");
    }
    this.#hasFailed = false;
    this.#isFrozen = false;
    this.#commands("ExecCondition", "condition", (exit) => {
      if (exit === undefined) return this.#startMain();
      if (exit.code === undefined || exit.code > LAST_NO) this.#hasFailed = true;
      this.#stopPost();
    });
  }

  override resetFailed(): void {
    this.#startsMs.length = 0;
    super.resetFailed();
    if (this.#phase === "failed") this.#phase = "dead";
  }

  #isStartedTooOften(): boolean {
    const nowMs = this.host.nowMs();
    const recent = this.#startsMs.filter((atMs) => nowMs - atMs < START_LIMIT_INTERVAL_MS);
    this.#startsMs.splice(0, Infinity, ...recent);
    if (recent.length >= START_LIMIT_BURST) return true;
    this.#startsMs.push(nowMs);
    return false;
  }

  /** What is frozen is thawed by its stop. */
  stop(): void {
    if (this.#isFrozen) this.#main?.freeze(false);
    this.#isFrozen = false;
    switch (this.#phase) {
      case "condition":
      case "start":
        return this.#signal("sigterm");
      case "running":
      case "exited":
        return this.#commands("ExecStop", "stop", (exit) => {
          if (exit !== undefined) this.#hasFailed = true;
          this.#signal("sigterm");
        });
      case "auto-restart":
        return this.#enter("dead");
      default:
        return;
    }
  }

  override freeze(frozen: boolean): boolean {
    if (this.#phase !== "running" || this.job !== undefined || this.#main === undefined) return false;
    this.#isFrozen = frozen;
    this.#main.freeze(frozen);
    return true;
  }

  /** `systemctl kill` */
  kill(): void {
    this.#main?.kill("SIGKILL");
  }

  #startMain(): void {
    if (this.type === "oneshot") {
      return this.#commands("ExecStart", "start", (exit) => {
        if (exit === undefined) return this.#started("exited");
        this.#hasFailed = true;
        this.#stopPost();
      });
    }
    const main = this.host.spawn(this.name, this.file.last("Service.ExecStart") ?? "", {
      ready: () => {
        if (main === this.#main && this.#phase === "start") this.#started("running");
      },
      ended: (exit) => {
        if (main === this.#main) this.#mainEnded(exit);
      },
    });
    this.#main = main;
    if (this.type === "notify") this.#enterTimed("start", "TimeoutStartSec", () => this.#timeOut());
    else this.#started("running");
  }

  #started(phase: "exited" | "running"): void {
    if (phase === "exited" && this.file.last("Service.RemainAfterExit") !== "yes") return this.#stopPost();
    this.#enter(phase);
  }

  #mainEnded(exit: Exit): void {
    this.#main = undefined;
    const phase = this.#phase;
    const isWanted = phase === "sigterm" || phase === "sigkill" || phase === "stop";
    if (!isWanted && (exit.code !== 0 || phase === "start")) this.#hasFailed = true;
    if (phase !== "stop") this.#goOnWhenAllEnded();
  }

  #timeOut(): void {
    this.#hasFailed = true;
    this.#signal("sigterm");
  }

  #goOnWhenAllEnded(): void {
    if (this.#main === undefined && this.#command === undefined) this.#stopPost();
  }

  #signal(phase: "sigterm" | "sigkill"): void {
    if (this.#main === undefined && this.#command === undefined) return this.#stopPost();
    this.#enterTimed(phase, "TimeoutStopSec", () => {
      this.#hasFailed = true;
      if (phase === "sigterm") return this.#signal("sigkill");
      // What not even SIGKILL ended is left behind: systemd goes on without it.
      this.#stopPost();
    });
    const signal = phase === "sigterm" ? "SIGTERM" : "SIGKILL";
    this.#main?.kill(signal);
    this.#command?.kill(signal);
  }

  #stopPost(): void {
    this.#main = undefined;
    this.#command = undefined;
    this.#isFrozen = false;
    this.#commands("ExecStopPost", "stop-post", (exit) => {
      if (exit !== undefined) this.#hasFailed = true;
      this.#settle();
    });
  }

  #settle(): void {
    const policy = this.file.last("Service.Restart");
    const restarts = (policy === "always" || (policy === "on-failure" && this.#hasFailed)) &&
      this.job?.isStopping !== true;
    const phase = this.#hasFailed ? "failed" : "dead";
    this.#enter(phase);
    if (!restarts || this.#phase !== phase) return;
    this.#enter("auto-restart");
    this.#timer = this.host.setTimer(this.file.durationMs("Service.RestartSec", DEFAULT_RESTART_MS), () => {
      if (this.#phase === "auto-restart") this.host.restart(this);
    });
  }

  /** Runs all commands of a key, one after the other; `then` gets how the one ended that failed. */
  #commands(key: string, phase: Phase, then: (failed: Exit | undefined) => void): void {
    const commands = this.file.all(`Service.${key}`);
    if (commands.length === 0) return then(undefined);
    const isStart = phase === "condition" || phase === "start";
    this.#enterTimed(phase, isStart ? "TimeoutStartSec" : "TimeoutStopSec", () => {
      this.#hasFailed = true;
      if (phase !== "stop-post") return this.#signal("sigterm");
      this.#command?.kill("SIGKILL");
      this.#command = undefined;
      this.#settle();
    });
    const runNext = (place: number) => {
      const text = commands[place];
      if (text === undefined) return then(undefined);
      const mayFail = text.startsWith("-");
      const command = this.host.spawn(this.name, mayFail ? text.slice(1) : text, {
        ready: () => {},
        ended: (exit) => {
          if (command !== this.#command) return;
          this.#command = undefined;
          // Stopped meanwhile: what comes after this command does not run.
          if (this.#phase !== phase) return this.#goOnWhenAllEnded();
          if (exit.code === 0 || mayFail) runNext(place + 1);
          else then(exit);
        },
      });
      this.#command = command;
    };
    runNext(0);
  }

  #enterTimed(phase: Phase, key: string, late: () => void): void {
    const { file } = this;
    const common = file.last("Service.TimeoutSec");
    // The start of a oneshot may take as long as it likes.
    const isEndless = key === "TimeoutStartSec" && this.type === "oneshot" && common === undefined;
    const timeoutMs = file.durationMs(
      `Service.${key}`,
      common === undefined ? DEFAULT_TIMEOUT_MS : Number(common) * 1000,
    );
    this.#enter(phase);
    if (this.#phase === phase && !isEndless) this.#timer = this.host.setTimer(timeoutMs, late);
  }

  #enter(phase: Phase): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#phase = phase;
    this.enter(STATES[phase]);
  }
}
