/**
 * Which promotions are those of the shell runner. Its commands leave no unit behind, so a file says that they were begun: as
 * long as it is there, a Primary is drbdd's own. It does not outlive a boot.
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

  /** Before a start. One that cannot be marked is made all the same. */
  async set(): Promise<void> {
    try {
      await this.effects.files.makeDirectory(MARKS_DIRECTORY);
      await this.effects.files.writeTextAtomic(this.path, "promoted by drbdd\n");
    } catch (error) {
      this.log.warn(
        "{resource}: cannot note that drbdd promotes it: {error}; if drbdd is restarted while its services run, it will " +
          "leave them alone",
        { resource: this.resource, error: describe(error) },
      );
    }
  }

  /** The services are stopped. */
  async clear(): Promise<void> {
    try {
      await this.effects.files.remove(this.path);
    } catch (error) {
      this.log.warn(
        "{resource}: cannot note that drbdd promotes it no more: {error}; a Primary that is not drbdd's would be taken " +
          "for its own; fix it with: rm {path}",
        { resource: this.resource, error: describe(error), path: this.path },
      );
    }
  }
}
