/** What is wrong with a node for a while, apart from its power, its disks and its services. */
import type { ProgramRun } from "./programs.ts";

/** `fails`: it cannot reach systemd. `hangs`: some calls have no answer before that is over, others none at all. */
export type SystemctlTrouble = "works" | "fails" | "hangs";

export class Impairments {
  /** How late lines of drbdsetup are, in ms. */
  eventLatenessMs = 0;
  isDrbdsetupBroken = false;
  /** systemd answers so late at most, in ms; `isUneven`: each call takes another time. */
  systemdLatenessMs = 0;
  isUneven = false;
  systemctl: SystemctlTrouble = "works";
  /** drbdadm and drbdsetup take so much longer, in ms. */
  drbdLatenessMs = 0;
  /** Nothing can be written under /run. */
  isRunReadOnly = false;
  /** The machine stands still until then. */
  asleepUntilMs = 0;
  /** Programs whose answer is late. */
  readonly #late = new Set<unknown>();

  /** Answers are late, or are not to be had. */
  get areAnswersLate(): boolean {
    return this.#late.size > 0 || this.systemdLatenessMs > 0 || this.systemctl !== "works" ||
      this.drbdLatenessMs > 0;
  }

  /** The answer to this run is late, whatever becomes of it. */
  late(run: ProgramRun): void {
    this.#late.add(run);
    run.whenOver(() => this.#late.delete(run));
  }

  /** The same for a program that drbdd did not start. */
  begin(): () => void {
    const program = {};
    this.#late.add(program);
    return () => this.#late.delete(program);
  }

  /** The node lost power: nobody waits for anything any more. */
  forget(): void {
    this.asleepUntilMs = 0;
    this.#late.clear();
  }
}
