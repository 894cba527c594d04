/**
 * Marks a Primary as drbdd's own, by a file, where systemd has no unit that says so: the commands of the shell runner leave
 * none behind, and a promotion that could not be taken back is a unit that failed, whatever happened after that. The file
 * does not outlive a boot.
 */
import { describe } from "../../src/runtime/describe.ts";
import type { Effects } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";

/** Below drbdd's RuntimeDirectory, which has to outlive the daemon. */
export const MARKS_DIRECTORY = "/run/drbdd/promoted";

/** The mark of a resource, for the promoter and for those who explain what it does. */
export function markPathOf(resource: string): string {
  return `${MARKS_DIRECTORY}/${encodeURIComponent(resource)}`;
}

export class PromotionMark {
  readonly path: string;

  constructor(readonly effects: Effects, readonly log: Logger, readonly resource: string) {
    this.path = markPathOf(resource);
  }

  /** @throws If that cannot be found out. */
  async isSet(): Promise<boolean> {
    return await this.effects.files.stat(this.path) !== undefined;
  }

  /** Never rejects: what cannot be marked is done all the same. */
  async set(): Promise<void> {
    try {
      await this.effects.files.makeDirectory(MARKS_DIRECTORY);
      await this.effects.files.writeTextAtomic(this.path, "promoted by drbdd\n");
    } catch (error) {
      this.log.warn(
        "{resource}: cannot write {path}: {error}; a drbdd that is restarted while the resource is Primary may leave it alone",
        { resource: this.resource, path: this.path, error: describe(error) },
      );
    }
  }

  /** The services are stopped, or the resource is not Primary. Never rejects. */
  async clear(): Promise<void> {
    try {
      await this.effects.files.remove(this.path);
    } catch (error) {
      this.log.warn(
        "{resource}: cannot remove {path}: {error}; a Primary that is not drbdd's may be taken for its own; fix it with: " +
          "rm {path}",
        { resource: this.resource, error: describe(error), path: this.path },
      );
    }
  }
}
