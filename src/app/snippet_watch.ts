/** Warns when snippets have changed and a reload is needed. */
import { presentSnippets } from "../config/files.ts";
import type { Sources } from "../config/load.ts";
import { snippetChanges, type SnippetFile } from "../config/snippet_changes.ts";
import type { Effects } from "../effects/effects.ts";
import type { Logger } from "../logging/logging.ts";

export class SnippetWatch {
  #stop = new AbortController();

  constructor(readonly effects: Effects, readonly log: Logger) {}

  /** Checks every `intervalMs` whether the files have changed since they were read; never if it is 0. */
  start(sources: Sources, intervalMs: number): void {
    this.stop();
    this.#stop = new AbortController();
    if (intervalMs > 0 && sources.snippets !== undefined) {
      void this.#watch(sources, sources.snippets, intervalMs, this.#stop.signal);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #watch(sources: Sources, directory: string, intervalMs: number, stop: AbortSignal): Promise<void> {
    let logged = "";
    for (;;) {
      await this.effects.clock.sleep(intervalMs, stop);
      if (stop.aborted) return;
      const present = await this.#present(directory);
      if (present === undefined) continue;
      const { changed, added, removed } = snippetChanges(sources.files, present, this.effects.clock.wallMs());
      const paths = [...changed, ...added, ...removed].join(", ");
      if (paths !== "" && paths !== logged) {
        this.log.warn(
          "Snippets have changed since the last reload: {paths}; to apply them: systemctl reload drbdd",
          {
            paths,
          },
        );
      }
      logged = paths;
    }
  }

  /** Undefined if it is unknown. */
  async #present(directory: string): Promise<SnippetFile[] | undefined> {
    try {
      return await presentSnippets(directory, this.effects.files);
    } catch (error) {
      this.log.debug("Cannot check for changed snippets: {error}", { error });
      return undefined;
    }
  }
}
