/** Runs of systemctl that start something: none of them may reach systemd after a stop, as it would restart what was stopped. */
import type { RunResult } from "../../../src/effects/effects.ts";
import type { UnitJobs } from "./units/unit_jobs.ts";

export class StartJobs {
  #abort = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(readonly jobs: UnitJobs) {}

  /** A signal for an operation that begins now; `end` aborts it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Runs systemctl unless `signal` is aborted; undefined if it is, or becomes so meanwhile. */
  async run(args: readonly string[], signal: AbortSignal): Promise<RunResult | undefined> {
    if (signal.aborted) return undefined;
    const running = this.jobs.run(args, signal);
    const over = running.then(() => {}, () => {});
    this.#running.add(over);
    void over.then(() => this.#running.delete(over));
    const result = await running;
    return signal.aborted ? undefined : result;
  }

  /** Ends all runs; afterwards none of them can reach systemd. Jobs they have queued continue; a stop replaces them. */
  async end(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    await Promise.all(this.#running);
  }
}
