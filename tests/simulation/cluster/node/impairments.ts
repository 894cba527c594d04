/** What is wrong with a node for a while, apart from its power, its disks and its services. */
import { HoldTimes } from "./hold_times.ts";
import type { ProgramRun } from "../programs/programs.ts";

/** `fails`: it cannot reach systemd. `hangs`: some calls have no answer before that is over, others none at all. */
export type SystemctlTrouble = "works" | "fails" | "hangs";

/** A systemctl without an answer is given up after this, or run again: a reload of all units may take longer. */
const ANSWER_MS = 30_000;
const RELOAD_MS = 130_000;

export class Impairments {
  /** How late lines of drbdsetup are, in ms. */
  eventLatenessMs = 0;
  isDrbdsetupBroken = false;
  /** A new dump of drbdsetup events2 lacks this resource; "": all of them. */
  missingInDump: string | undefined;
  /** systemd answers so late at most, in ms; `isUneven`: each call takes another time. */
  systemdLatenessMs = 0;
  isUneven = false;
  systemctl: SystemctlTrouble = "works";
  /** drbdadm and drbdsetup take so much longer, in ms. */
  drbdLatenessMs = 0;
  /** So many times the program that signals a process group cannot be started. */
  failingSignals = 0;
  /** Nothing can be written under /run. */
  isRunReadOnly = false;
  /** The machine stands still until then. */
  asleepUntilMs = 0;
  /** Resources that an administrator has put on hold. */
  readonly holds = new HoldTimes();
  /** Programs whose answer is late, and for how long drbdd has to wait for it when all is well again. */
  readonly #late = new Map<unknown, number>();
  /** When something was wrong last. */
  #troubledMs = -Infinity;

  /** Answers are late, or missing. */
  areAnswersLate(nowMs: number): boolean {
    const isTroubled = this.systemdLatenessMs > 0 || this.systemctl !== "works" || this.drbdLatenessMs > 0;
    if (isTroubled) this.#troubledMs = nowMs;
    if (isTroubled || this.#late.size === 0) return isTroubled;
    const sinceMs = nowMs - this.#troubledMs;
    for (const patienceMs of this.#late.values()) if (sinceMs < patienceMs) return true;
    return false;
  }

  /** A process group is to be signalled, and that fails. */
  failsToSignal(): boolean {
    if (this.failingSignals === 0) return false;
    this.failingSignals--;
    return true;
  }

  /** The answer to this run is late, whatever becomes of it. Should there never be one, drbdd gives up on it. */
  late(run: ProgramRun): void {
    this.#late.set(run, run.argv.includes("daemon-reload") ? RELOAD_MS : ANSWER_MS);
    run.whenOver(() => this.#late.delete(run));
  }

  /** The same for a program that drbdd did not start. */
  begin(): () => void {
    const program = {};
    this.#late.set(program, Infinity);
    return () => this.#late.delete(program);
  }

  /** The node lost power: nobody waits for anything any more. */
  forget(): void {
    this.asleepUntilMs = 0;
    this.missingInDump = undefined;
    this.#late.clear();
    this.holds.forget();
  }
}
