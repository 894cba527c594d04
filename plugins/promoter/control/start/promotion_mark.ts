/**
 * Marks a Primary as drbdd's own, by a file, where systemd has no unit that says so: the commands of the shell runner leave
 * none behind, and a promotion that could not be taken back is a unit that failed, whatever happened after that. The file
 * does not outlive a boot.
 */
import { describe } from "../../../../src/effects/describe.ts";
import type { Effects } from "../../../../src/effects/effects.ts";
import type { Logger } from "../../../../src/logging/logging.ts";

/** Below drbdd's RuntimeDirectory, which has to outlive the daemon. */
export const MARKS_DIRECTORY = "/run/drbdd/promoted";

/** How long after a failed attempt the file is written or removed again: /run may have been full, or read-only. */
export const RETRY_MS = 10_000;

/** The mark of a resource, for the promoter and for `drbddctl explain`. */
export function markPathOf(resource: string): string {
  return `${MARKS_DIRECTORY}/${encodeURIComponent(resource)}`;
}

/** For each world, the mark of each resource: what could not be written yet outlives the configuration it belonged to. */
const MARKS = new WeakMap<Effects, Map<string, PromotionMark>>();

/** The mark of one resource. Changes are applied in order; one that fails is retried until it or a later one succeeds. */
export class PromotionMark {
  readonly path: string;
  /** What the file still has to become: there (true) or not; undefined if it is as it should be. */
  #pending: boolean | undefined;
  /** The pending change has failed, which was logged. */
  #hasFailed = false;
  #isRetrying = false;
  /** The last change that was begun. */
  #last: Promise<void> = Promise.resolve();

  private constructor(readonly effects: Effects, readonly log: Logger, readonly resource: string) {
    this.path = markPathOf(resource);
  }

  /** The one mark of a resource in this world. */
  static of(effects: Effects, log: Logger, resource: string): PromotionMark {
    const known = MARKS.get(effects) ?? new Map<string, PromotionMark>();
    MARKS.set(effects, known);
    const mark = known.get(resource) ?? new PromotionMark(effects, log, resource);
    known.set(resource, mark);
    return mark;
  }

  /**
   * Whether it is set, also if this process could not write that yet.
   * @throws If that cannot be found out.
   */
  async isSet(): Promise<boolean> {
    await this.#last;
    return this.#pending ?? await this.effects.files.stat(this.path) !== undefined;
  }

  /**
   * drbdd promotes the resource. Resolves after the first attempt and never rejects: the promotion does not depend on
   * the mark.
   */
  set(): Promise<void> {
    return this.#change(true);
  }

  /** The services are stopped, or the resource is not Primary. Resolves after the first attempt and never rejects. */
  clear(): Promise<void> {
    return this.#change(false);
  }

  #change(isSet: boolean): Promise<void> {
    if (this.#pending !== isSet) this.#hasFailed = false;
    this.#pending = isSet;
    return this.#last = this.#last.then(() => this.#apply());
  }

  /** Brings the file to what is wanted last. */
  async #apply(): Promise<void> {
    const wanted = this.#pending;
    if (wanted === undefined) return;
    try {
      await (wanted ? this.#write() : this.effects.files.remove(this.path));
      if (this.#pending !== wanted) return;
      this.#pending = undefined;
      if (this.#hasFailed) this.log.info("{resource}: {path} is up to date again", this.#fields);
    } catch (error) {
      if (this.#pending !== wanted) return;
      if (!this.#hasFailed) this.#warn(wanted, describe(error));
      this.#hasFailed = true;
      void this.#retry();
    }
  }

  async #write(): Promise<void> {
    await this.effects.files.makeDirectory(MARKS_DIRECTORY);
    await this.effects.files.writeTextAtomic(this.path, "promoted by drbdd\n");
  }

  async #retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    await this.effects.clock.sleep(RETRY_MS);
    this.#isRetrying = false;
    await (this.#last = this.#last.then(() => this.#apply()));
  }

  #warn(wanted: boolean, error: string): void {
    const fields = { ...this.#fields, error, every: RETRY_MS / 1000 };
    if (wanted) {
      this.log.warn(
        "{resource}: cannot write {path}: {error}; retrying every {every} s; until it is written, a drbdd that is restarted " +
          "while the resource is Primary may not manage it",
        fields,
      );
    } else {
      this.log.warn(
        "{resource}: cannot remove {path}: {error}; retrying every {every} s; until it is removed, a restarted drbdd may take " +
          "a Primary that it did not promote for its own; fix it with: rm {path}",
        fields,
      );
    }
  }

  get #fields(): Record<string, unknown> {
    return { resource: this.resource, path: this.path };
  }
}
