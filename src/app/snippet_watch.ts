/** Says when snippets were changed and a reload is needed for that to take effect. */
import { presentSnippets } from "../config/files.ts";
import type { Sources } from "../config/load.ts";
import { snippetChanges, type SnippetFile } from "../config/snippet_changes.ts";
import type { Effects } from "../effects/effects.ts";
import type { Logger } from "../logging/logging.ts";

export class SnippetWatch {
  #stop = new AbortController();

  constructor(readonly effects: Effects, readonly log: Logger) {}

  /** Looks every `intervalMs` whether the files are still those that were read; never, if that is 0. */
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
    let said = "";
    for (;;) {
      await this.effects.clock.sleep(intervalMs, stop);
      if (stop.aborted) return;
      const present = await this.#present(directory);
      if (present === undefined) continue;
      const { changed, added, removed } = snippetChanges(sources.files, present, this.effects.clock.wallMs());
      const paths = [...changed, ...added, ...removed].join(", ");
      if (paths !== "" && paths !== said) {
        this.log.warn("Snippets were changed since they were read, and a reload is needed: {paths}", {
          paths,
        });
      }
      said = paths;
    }
  }

  /** Undefined if that cannot be told now. */
  async #present(directory: string): Promise<SnippetFile[] | undefined> {
    try {
      return await presentSnippets(directory, this.effects.files);
    } catch (error) {
      this.log.debug("Cannot look for changed snippets: {error}", { error });
      return undefined;
    }
  }
}
