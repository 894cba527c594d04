/**
 * Marks by a file that frozen services are being killed and stopped. If drbdd is killed meanwhile, systemd may let what was
 * held run again: the next drbdd has to end that. The file does not outlive a boot.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";

/** Below drbdd's RuntimeDirectory, which has to outlive the daemon. */
export const FROZEN_STOPS_DIRECTORY = "/run/drbdd/frozen-stops";

/** Never rejects: a failure to mark does not prevent the stop. */
export class FrozenStopMark {
  readonly #path: string;

  constructor(readonly effects: Pick<Effects, "files">, readonly log: Logger, readonly resource: string) {
    this.#path = `${FROZEN_STOPS_DIRECTORY}/${encodeURIComponent(resource)}`;
  }

  /** Such a stop has begun and not ended. */
  async isSet(): Promise<boolean> {
    return await this.#try(async ({ files }) => await files.stat(this.#path) !== undefined) ?? false;
  }

  async set(): Promise<void> {
    await this.#try(async ({ files }) => {
      await files.makeDirectory(FROZEN_STOPS_DIRECTORY);
      await files.writeTextAtomic(this.#path, "drbdd stops frozen services\n");
    });
  }

  async clear(): Promise<void> {
    await this.#try(({ files }) => files.remove(this.#path));
  }

  async #try<T>(action: (effects: Pick<Effects, "files">) => Promise<T>): Promise<T | undefined> {
    try {
      return await action(this.effects);
    } catch (error) {
      const { resource } = this;
      this.log.warn("{resource}: cannot mark the stop of frozen services: {error}", {
        ...{ resource, error: describe(error) },
      });
      return undefined;
    }
  }
}
