/** Transactions: the jobs that a wish brings with it, as in systemd's transaction.c. */
import { type JobType, type Unit } from "./unit.ts";

/** Why systemd does not even try. */
export class Refusal extends Error {}

/** Jobs that belong together, by unit. */
export class Transaction {
  readonly jobs = new Map<Unit, JobType>();

  /** With `isAlone`, no other unit has a job: `--job-mode=ignore-dependencies`. */
  constructor(readonly anchor: Unit, type: "start" | "stop" | "restart", isAlone = false) {
    if (isAlone) this.jobs.set(anchor, type);
    else if (type === "start") this.#start(anchor, true);
    else if (type === "restart") this.#restart(anchor);
    else this.#stop(anchor);
  }

  /** @throws {Refusal} If it cannot be started, and somebody needs it. */
  #start(unit: Unit, isNeeded: boolean): void {
    if (this.jobs.has(unit)) return;
    if (unit.loadState !== "loaded") {
      if (!isNeeded) return;
      throw new Refusal(
        unit.loadState === "masked" ? `Unit ${unit.name} is masked.` : `Unit ${unit.name} not found.`,
      );
    }
    this.jobs.set(unit, "start");
    this.#pullIn(unit, isNeeded);
  }

  #pullIn(unit: Unit, isNeeded: boolean): void {
    const { requires, bindsTo, wants, requisite, conflicts, conflictedBy } = unit.ties;
    for (const other of [...requires, ...bindsTo]) this.#start(other, isNeeded);
    for (const other of requisite) if (!this.jobs.has(other)) this.jobs.set(other, "verify");
    for (const other of wants) this.#start(other, false);
    for (const other of [...conflicts, ...conflictedBy]) this.#stop(other);
  }

  /** What would be stopped with it is restarted, if it is up: JOB_TRY_RESTART. */
  #restart(unit: Unit): void {
    const known = this.jobs.get(unit);
    if (known === "restart" || known === "stop") return;
    this.jobs.set(unit, "restart");
    this.#pullIn(unit, true);
    for (const other of unit.ties.stoppedWith()) {
      if (other.isUp && other.state !== "deactivating") this.#restart(other);
    }
  }

  #stop(unit: Unit): void {
    if (this.jobs.get(unit) === "stop") return;
    this.jobs.set(unit, "stop");
    for (const other of unit.ties.stoppedWith()) this.#stop(other);
  }
}
