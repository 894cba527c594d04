/**
 * Runs of systemctl that start something, so that none of them can reach systemd after a stop: that would start what
 * has just been stopped.
 */
import type { RunResult } from "../../../src/effects/effects.ts";
import type { UnitJobs } from "./units/unit_jobs.ts";

export class StartJobs {
  #abort = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(readonly jobs: UnitJobs) {}

  /** For something that begins now; `end` aborts it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Runs systemctl, unless `signal` is aborted: then, and if it is while systemctl runs, the result is undefined. */
  async run(args: readonly string[], signal: AbortSignal): Promise<RunResult | undefined> {
    if (signal.aborted) return undefined;
    const running = this.jobs.run(args, signal);
    const over = running.then(() => {}, () => {});
    this.#running.add(over);
    void over.then(() => this.#running.delete(over));
    const result = await running;
    return signal.aborted ? undefined : result;
  }

  /**
   * Ends all that were begun. Afterwards none of them runs: what they had to say to systemd was said, or never will be.
   * The jobs they began go on; a stop replaces them.
   */
  async end(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    await Promise.all(this.#running);
  }
}
