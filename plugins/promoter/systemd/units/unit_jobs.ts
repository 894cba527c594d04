/**
 * Runs of systemctl that wait for jobs of systemd. Services take as long as they need to start or stop, so there is no time limit for jobs;
 * there is one for a systemctl that waits although systemd has no job for it.
 */
import type { RunResult } from "../../../../src/effects/effects.ts";
import { hasJob, Systemctl } from "./systemctl.ts";

/** How often the jobs are checked while systemctl waits. */
const POLL_INTERVAL_MS = 9_000;
/** After this many checks without a job, systemctl will not end by itself. */
const MOST_POLLS_WITHOUT = 2;

export class UnitJobs {
  readonly #quiet: Systemctl;
  #waitsFor: string | undefined;

  /** `units` are those that systemd has jobs of, the target and the promotion with them. */
  constructor(readonly systemctl: Systemctl, readonly units: readonly string[]) {
    // A message that names what is awaited is enough.
    this.#quiet = new Systemctl(systemctl.effects);
  }

  /** What is awaited, for people: units with their state, or systemd itself. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  /**
   * Runs `systemctl start` or `stop`. One that does not end though nothing is left to be waited for is killed: then the
   * result has no exit code, and the state of the units says what became of it.
   */
  async run(args: readonly string[], signal?: AbortSignal): Promise<RunResult> {
    const { clock } = this.systemctl.effects;
    const unanswered = new AbortController();
    const over = new AbortController();
    const end = () => unanswered.abort();
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    void this.#watch(unanswered, over.signal, clock);
    try {
      const result = await this.systemctl.run(args, unanswered.signal);
      const isInVain = unanswered.signal.aborted && !signal?.aborted && result.code !== 0;
      return isInVain
        ? { ...result, stderr: "no answer within 18 s, though systemd has no job left" }
        : result;
    } finally {
      signal?.removeEventListener("abort", end);
      over.abort();
      this.#waitsFor = undefined;
    }
  }

  /** Never rejects. */
  async #watch(
    unanswered: AbortController,
    over: AbortSignal,
    clock: Systemctl["effects"]["clock"],
  ): Promise<void> {
    let pollsWithout = 0;
    for (;;) {
      await clock.sleep(POLL_INTERVAL_MS, over);
      if (over.aborted) return;
      const jobs = await this.#jobs();
      if (over.aborted) return;
      this.#waitsFor = jobs === undefined || jobs.length === 0 ? "systemd to answer" : jobs.join(", ");
      pollsWithout = jobs?.length === 0 ? pollsWithout + 1 : 0;
      if (pollsWithout >= MOST_POLLS_WITHOUT) return unanswered.abort();
    }
  }

  /** Units with a job and their state; undefined if systemd does not answer. */
  async #jobs(): Promise<string[] | undefined> {
    try {
      const states = await this.#quiet.show(this.units, ["ActiveState", "Job"]);
      return this.units.flatMap((unit, place) => {
        const state = states[place];
        return state !== undefined && hasJob(state) ? [`${unit} (${state.get("ActiveState")})`] : [];
      });
    } catch {
      return undefined;
    }
  }
}
