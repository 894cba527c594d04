/** A unit as systemd's manager knows it: its state, its ties to other units, and the job that is to change it. */
import type { UnitFile } from "./unit_file.ts";

export type LoadState = "loaded" | "not-found" | "masked";
export type ActiveState = "inactive" | "activating" | "active" | "deactivating" | "failed";

/** Notified by units when their state changed. */
export interface UnitListener {
  readonly nowMs: () => number;
  /** The time for a change of a unit: no two changes have the same, as systemd counts microseconds. */
  stampMs(): number;
  changed(unit: Unit, before: ActiveState): void;
  /** It failed, and `Restart=` wants it started again now. */
  restart(unit: Unit): void;
}

/** Ties in both directions, by systemd's own names. */
export class Ties {
  readonly requires = new Set<Unit>();
  readonly requiredBy = new Set<Unit>();
  readonly wants = new Set<Unit>();
  readonly requisite = new Set<Unit>();
  readonly requisiteOf = new Set<Unit>();
  readonly bindsTo = new Set<Unit>();
  readonly boundBy = new Set<Unit>();
  readonly consistsOf = new Set<Unit>();
  readonly conflicts = new Set<Unit>();
  readonly conflictedBy = new Set<Unit>();
  readonly after = new Set<Unit>();
  readonly before = new Set<Unit>();
  readonly onFailure = new Set<Unit>();

  /** What is stopped when this unit is stopped. */
  *stoppedWith(): Generator<Unit> {
    yield* this.requiredBy;
    yield* this.requisiteOf;
    yield* this.boundBy;
    yield* this.consistsOf;
  }

  /** What cannot be started when this unit's start fails. */
  *failingWith(): Generator<Unit> {
    yield* this.requiredBy;
    yield* this.requisiteOf;
    yield* this.boundBy;
  }
}

export type JobType = "start" | "stop" | "restart" | "verify";

/** How a job ended, in systemd's words. */
export type JobResult = "done" | "failed" | "dependency" | "canceled";

export class Job {
  state: "waiting" | "running" = "waiting";
  /** Called once when it is over. */
  readonly onEnd: ((result: JobResult) => void)[] = [];

  constructor(readonly unit: Unit, public type: JobType, public irreversible: boolean) {}

  /**
   * Waits for the jobs of units it is ordered after: job_compare() in systemd's job.c, where a stop goes first. A restart is a
   * stop until that is done, and a start from then on.
   */
  get isHeldUp(): boolean {
    const { unit, type } = this;
    if (!this.isStopping) {
      for (const other of unit.ties.after) if (other.job !== undefined) return true;
      for (const other of unit.ties.before) if (other.job?.isStopping) return true;
      // It starts when the stop that goes on without a job is over.
      return type === "start" && unit.state === "deactivating";
    }
    for (const other of unit.ties.before) if (other.job?.isStopping) return true;
    return false;
  }

  get isStopping(): boolean {
    return this.type === "stop" || this.type === "restart";
  }

  /** It asks for something that is so already. */
  get isRedundant(): boolean {
    const { state } = this.unit;
    if (this.type === "stop") return state === "inactive" || state === "failed";
    return this.type !== "restart" && state === "active";
  }
}

export abstract class Unit {
  #state: ActiveState = "inactive";
  ties = new Ties();
  job: Job | undefined;
  /** Times of the last changes; undefined if there was none since boot. */
  activeEnterMs: number | undefined;
  activeExitMs: number | undefined;
  inactiveExitMs: number | undefined;
  stateChangeMs: number | undefined;
  /** Whether there is a file of it that may be used: one can be masked, or removed, while the unit runs. */
  loadState: LoadState = "loaded";
  /** A `Condition...=` of it is not met: its start job is done without a start. */
  isConditionUnmet = false;
  /** When its conditions were last looked at, and whether they were met then. */
  conditionMs: number | undefined;
  wasConditionMet = false;
  /** How often it was stopped for want of what it is bound to, since it was last activated. */
  orphanStops = 0;

  constructor(public file: UnitFile, readonly listener: UnitListener) {}

  get name(): string {
    return this.file.name;
  }

  get state(): ActiveState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state !== "inactive" && this.#state !== "failed";
  }

  /** `FreezerState` of systemctl show. */
  get freezerState(): "running" | "frozen" {
    return "running";
  }

  /** As systemctl show prints it. */
  get type(): string {
    return "";
  }

  /** Its start job runs. */
  abstract start(): void;
  /** Its stop job runs. */
  abstract stop(): void;
  /** Freezes, or thaws, its processes; false if there are none that could be. */
  freeze(_frozen: boolean): boolean {
    return false;
  }

  /** `systemctl reset-failed` */
  resetFailed(): void {
    if (this.#state === "failed") this.enter("inactive");
  }

  protected enter(state: ActiveState): void {
    const before = this.#state;
    if (before === state) return;
    this.#state = state;
    this.stateChangeMs = this.listener.stampMs();
    if (before === "active") this.activeExitMs = this.stateChangeMs;
    if (before === "inactive" || before === "failed") this.inactiveExitMs = this.stateChangeMs;
    if (state === "active") {
      this.activeEnterMs = this.stateChangeMs;
      // One that could not be stopped was not activated.
      if (before !== "deactivating") this.orphanStops = 0;
    }
    this.listener.changed(this, before);
  }
}

/** Groups units; it has nothing to do itself. */
export class Target extends Unit {
  start(): void {
    this.enter("active");
  }

  stop(): void {
    this.enter("inactive");
  }
}

/** Of a name without a unit file, or of one that is masked. */
export class Missing extends Unit {
  constructor(file: UnitFile, listener: UnitListener) {
    super(file, listener);
    this.loadState = "not-found";
  }

  start(): void {
    throw new Error(`${this.name} is ${this.loadState} and has a start job`);
  }

  stop(): void {
    this.enter("inactive");
  }
}
