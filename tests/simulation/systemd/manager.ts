/**
 * systemd's manager: units, jobs and what follows from a change, as in systemd 252 (unit.c, job.c, transaction.c), as
 * far as the promoter and its services have to do with it.
 */
import { tie, tieOne } from "./ties.ts";
import { Refusal, Transaction } from "./transaction.ts";
import { type ActiveState, Job, type JobResult, type Unit, type UnitListener } from "./unit.ts";

/** Makes the unit of a name from its files as they are now. */
export type LoadUnit = (name: string, listener: UnitListener) => Unit;
/** Reads the files of a unit again. */
export type ReadAgain = (unit: Unit) => void;

export interface ManagerHost {
  nowMs(): number;
  load: LoadUnit;
  readAgain: ReadAgain;
  /** The files of a unit are not what was loaded. */
  isOutOfDate?(unit: Unit): boolean;
  /** A unit changed its state. */
  onChange(unit: Unit, before: ActiveState): void;
  /** `FailureAction=` of a unit that failed. */
  onFailureAction(action: string, unit: Unit): void;
}

/** How often a unit is stopped because what it is bound to is gone. */
const MOST_ORPHAN_STOPS = 5;
const MICROSECOND_MS = 0.001;

export class Manager implements UnitListener {
  readonly #units = new Map<string, Unit>();
  readonly #jobs = new Set<Job>();
  #isDispatching = false;
  #lastStampMs = 0;
  /** The node goes down: nothing but stops is done any more. */
  #isShuttingDown = false;

  constructor(readonly host: ManagerHost) {}

  nowMs(): number {
    return this.host.nowMs();
  }

  stampMs(): number {
    this.#lastStampMs = Math.max(this.host.nowMs(), this.#lastStampMs + MICROSECOND_MS);
    return this.#lastStampMs;
  }

  get units(): Iterable<Unit> {
    return this.#units.values();
  }

  /** The unit of a name; it is loaded if nobody spoke of it before. */
  unit(name: string): Unit {
    const known = this.#units.get(name);
    if (known !== undefined) return known;
    const unit = this.host.load(name, this);
    this.#units.set(name, unit);
    tieOne(unit, (other) => this.unit(other));
    return unit;
  }

  /** Starts a unit, as systemd does it at boot. */
  start(name: string): void {
    this.#tryToEnqueue("start", this.unit(name));
  }

  /**
   * `Restart=` of a unit that failed: what requires it, is bound to it or is a part of it is restarted with it. What nobody
   * depends on is just started again.
   */
  restart(unit: Unit): void {
    if (unit.job?.isStopping) return;
    const [dependent] = unit.ties.stoppedWith();
    if (dependent === undefined) unit.start();
    else this.#tryToEnqueue("restart", unit);
  }

  /** `systemctl daemon-reload`: files that were changed meanwhile count from here on. */
  reload(): void {
    for (const unit of [...this.#units.values()]) this.host.readAgain(unit);
    tie(this.#units.values(), (name) => this.unit(name));
    this.#dispatch();
  }

  /**
   * Enqueues a job with all it brings with it; `onEnd` gets its result.
   * @throws {Refusal} If systemd does not even try.
   */
  enqueue(
    type: "start" | "stop" | "restart",
    unit: Unit,
    onEnd: (result: JobResult) => void = () => {},
    irreversible = false,
    isAlone = false,
  ): void {
    const transaction = new Transaction(unit, type, isAlone);
    if (this.#isShuttingDown && type !== "stop") {
      throw new Refusal(`Transaction for ${unit.name}/start is destructive`);
    }
    for (const [each, wanted] of transaction.jobs) {
      const { job } = each;
      if (job?.irreversible && job.type !== wanted && !irreversible) {
        throw new Refusal(`Transaction for ${unit.name}/${type} is destructive`);
      }
    }
    for (const [each, wanted] of transaction.jobs) {
      const job = new Job(each, wanted, irreversible);
      const clashes = each.job !== undefined && each.job.type !== wanted;
      if (each !== unit && job.isRedundant && !clashes) continue;
      const installed = this.#install(job);
      if (each === unit) installed.onEnd.push(onEnd);
    }
    this.#dispatch();
  }

  /** The node goes down: everything is stopped, in order. `onEnd` is called when nothing is up any more. */
  shutDown(onEnd: () => void): void {
    this.#isShuttingDown = true;
    let open = 1;
    const end = () => {
      if (--open === 0) onEnd();
    };
    for (const unit of [...this.#units.values()]) {
      if (!unit.isUp && unit.job === undefined) continue;
      open++;
      this.enqueue("stop", unit, end, true);
    }
    end();
  }

  changed(unit: Unit, before: ActiveState): void {
    const { job, state } = unit;
    const isUnexpected = job === undefined || this.#judge(job);
    if (isUnexpected && isActiveOrActivating(before) && !isActiveOrActivating(state)) {
      this.#stopBound(unit);
    }
    if (state === "failed") this.#onFailure(unit);
    this.host.onChange(unit, before);
    this.#dispatch();
  }

  #install(job: Job): Job {
    const { unit } = job;
    const old = unit.job;
    if (old?.type === job.type || (old?.type === "restart" && job.type === "start")) {
      old.irreversible ||= job.irreversible;
      return old;
    }
    // The two are merged into a restart, which begins with the stop, whatever the start has done.
    if (old?.type === "start" && job.type === "restart") {
      old.type = "restart";
      old.state = "waiting";
      return old;
    }
    if (old !== undefined) this.#finish(old, "canceled", false);
    unit.job = job;
    this.#jobs.add(job);
    return job;
  }

  #finish(job: Job, result: JobResult, spreads = true): void {
    const { unit, type } = job;
    if (!this.#jobs.delete(job)) return;
    unit.job = undefined;
    if (result !== "done" && spreads && type !== "stop") {
      for (const other of unit.ties.failingWith()) {
        if (other.job !== undefined && other.job.type !== "stop") this.#finish(other.job, "dependency");
      }
    }
    for (const notify of job.onEnd) notify(result);
  }

  /** What a change of its unit's state means for a job. Returns whether the change was not what the job was for. */
  #judge(job: Job): boolean {
    const { unit: { state } } = job;
    const isRunning = job.state === "running";
    if (job.isStopping) {
      if (state === "inactive" || state === "failed") this.#stopped(job);
      else if (isRunning && state !== "deactivating") {
        this.#finish(job, "failed");
        return true;
      }
      return false;
    }
    if (state === "active") this.#finish(job, "done");
    else if (isRunning && state !== "activating") {
      // Not failed: a condition was not met, and nobody is notified.
      if (state === "inactive" || state === "failed") {
        this.#finish(job, state === "failed" ? "failed" : "done");
      }
      return true;
    }
    return false;
  }

  /** With a restart, what was stopped is started now. */
  #stopped(job: Job): void {
    if (job.type === "stop") return this.#finish(job, "done");
    job.type = "start";
    job.state = "waiting";
  }

  /** Units that are bound to one that is not active any more go with it. */
  #stopBound(unit: Unit): void {
    for (const other of unit.ties.boundBy) {
      if (isActiveOrActivating(other.state)) this.#tryToEnqueue("stop", other);
    }
  }

  #onFailure(unit: Unit): void {
    const { file, ties } = unit;
    const irreversible = file.last("Unit.OnFailureJobMode") === "replace-irreversibly";
    for (const other of ties.onFailure) this.#tryToEnqueue("start", other, irreversible);
    const action = file.last("Unit.FailureAction");
    if (action !== undefined && action !== "none") this.host.onFailureAction(action, unit);
  }

  #tryToEnqueue(type: "start" | "stop" | "restart", unit: Unit, irreversible = false): void {
    try {
      this.enqueue(type, unit, () => {}, irreversible);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Runs all jobs that nothing holds up, until none is left; then looks for what lacks what it is bound to. */
  #dispatch(): void {
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    while (this.#runOne() || this.#stopOrphan());
    this.#isDispatching = false;
  }

  #runOne(): boolean {
    for (const job of this.#jobs) {
      if (job.state === "running" || job.isHeldUp) continue;
      this.#run(job);
      return true;
    }
    return false;
  }

  #run(job: Job): void {
    const { unit, type } = job;
    job.state = "running";
    if (job.isRedundant) return this.#finish(job, "done");
    if (type === "restart" && !unit.isUp) return this.#stopped(job);
    if (job.isStopping) return unit.stop();
    if (type === "verify") {
      if (unit.state !== "activating") this.#finish(job, "dependency");
      return;
    }
    if (lacksWhatItIsBoundTo(unit)) return this.#finish(job, "dependency");
    if (unit.state !== "activating") {
      unit.conditionMs = this.stampMs();
      unit.wasConditionMet = !unit.isConditionUnmet;
      if (unit.isConditionUnmet) return this.#finish(job, "done");
    }
    // One that is activating already ends the job when it is done.
    if (unit.state !== "activating") unit.start();
    // It was started too often, and had failed already.
    if (unit.state === "failed" && unit.job === job) this.#finish(job, "failed");
  }

  /** An active unit cannot stay without what it is bound to. One that does not stop is left alone after some times. */
  #stopOrphan(): boolean {
    for (const unit of this.#units.values()) {
      if (unit.state !== "active" || unit.job !== undefined || unit.orphanStops >= MOST_ORPHAN_STOPS) {
        continue;
      }
      for (const other of unit.ties.bindsTo) {
        if (other.isUp || other.job !== undefined) continue;
        unit.orphanStops++;
        this.#tryToEnqueue("stop", unit);
        return true;
      }
    }
    return false;
  }
}

/** unit_verify_deps(): what is bound to a unit and ordered after it starts only if that is active. */
function lacksWhatItIsBoundTo({ ties }: Unit): boolean {
  for (const other of ties.bindsTo) if (ties.after.has(other) && other.state !== "active") return true;
  return false;
}

function isActiveOrActivating(state: ActiveState): boolean {
  return state === "active" || state === "activating";
}
