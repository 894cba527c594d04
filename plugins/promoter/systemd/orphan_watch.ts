/**
 * Finds units of start lists that run where their resource is not Primary: what bound them to the promotion was removed, or was missing when
 * they were started. One systemctl for the units of all resources, once a minute.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { observedUnits, type ResourceUnits, runs, type UnitStates } from "./units/resource_units.ts";
import type { StoppedListener } from "../control/services.ts";
import { hasJob, isUp } from "./units/systemctl.ts";

const INTERVAL_MS = 60_000;
/** Starts and stops are over after this: a unit is reported if it is found twice. */
const CERTAIN_AFTER_MS = 5_000;

interface Watched {
  readonly units: ResourceUnits;
  /** Undefined if unknown: then nothing is reported. */
  readonly isPrimary: () => boolean | undefined;
  readonly listener: StoppedListener;
  /** The units reported last. */
  reported: string;
}

export class OrphanWatch {
  static readonly #known = new WeakMap<Effects, OrphanWatch>();

  /** The shared instance of these effects. */
  static of(effects: Effects, log: Logger): OrphanWatch {
    const known = this.#known.get(effects) ?? new OrphanWatch(effects, log);
    this.#known.set(effects, known);
    return known;
  }

  readonly #watched = new Set<Watched>();
  /** Aborted when no watch is left. */
  #loop: AbortController | undefined;

  private constructor(readonly effects: Effects, readonly log: Logger) {}

  /** Watches until `signal` aborts, beginning without orphans. */
  add(
    units: ResourceUnits,
    isPrimary: () => boolean | undefined,
    listener: StoppedListener,
    signal: AbortSignal,
  ): void {
    if (signal.aborted || units.list.length === 0) return;
    const watched = { units, isPrimary, listener, reported: "" };
    this.#watched.add(watched);
    signal.addEventListener("abort", () => {
      this.#watched.delete(watched);
      if (this.#watched.size > 0) return;
      this.#loop?.abort();
      this.#loop = undefined;
    });
    if (this.#loop !== undefined) return;
    this.#loop = new AbortController();
    void this.#run(this.#loop.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.effects;
    while (!signal.aborted) {
      await clock.sleep(INTERVAL_MS - CERTAIN_AFTER_MS, signal);
      if (signal.aborted) return;
      const before = await this.#look();
      await clock.sleep(CERTAIN_AFTER_MS, signal);
      const isCertain = [...before.values()].some((units) => units.length > 0);
      const now = isCertain && !signal.aborted ? await this.#look() : before;
      for (const [watched, units] of now) {
        const seen = before.get(watched);
        if (seen !== undefined) this.#report(watched, units, seen);
      }
    }
  }

  #report(watched: Watched, now: readonly string[], before: readonly string[]): void {
    const orphans = now.filter((unit) => before.includes(unit));
    if (orphans.join() === watched.reported || !this.#watched.has(watched)) return;
    watched.reported = orphans.join();
    watched.listener.orphans(orphans);
  }

  async #look(): Promise<Map<Watched, readonly string[]>> {
    const found = new Map<Watched, readonly string[]>();
    try {
      await Promise.all([...this.#watched].map(async (watched) => {
        const states = await watched.units.query();
        if (this.#watched.has(watched)) watched.listener.seen(observedUnits(watched.units, states));
        const isPrimary = watched.isPrimary();
        if (isPrimary !== undefined) found.set(watched, isPrimary ? [] : orphansOf(states));
      }));
    } catch (error) {
      this.log.warn("Cannot check whether units run without their resource: {error}", {
        error: describe(error),
      });
    }
    return found;
  }
}

/** None while the resource is being promoted, demoted, started or stopped. */
function orphansOf({ target, promote, units }: UnitStates): string[] {
  if (isUp(promote) || hasJob(promote) || hasJob(target)) return [];
  return [...units].filter(([, state]) => runs(state) && !hasJob(state)).map(([unit]) => unit);
}
