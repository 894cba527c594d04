/** What the promoter contributes to the health of its resources. */
import type { ObservedPromoter } from "../../../src/health/observed.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import { describeHold, type Hold } from "../hold/hold.ts";

type Observed = Pick<
  ObservedPromoter,
  "unprotected" | "onHold" | "unknown" | "units" | "phase" | "waitsFor" | "failedStart"
>;

export class HealthReport {
  readonly #observed = new Map<string, Observed>();

  constructor(readonly context: Pick<PluginContext, "health" | "effects">) {}

  /** Something is known now that the health of the resource depends on. What is not given stays as it was. */
  observed(resource: string, now: Observed): void {
    const before = this.#observed.get(resource);
    const observed = { ...before, ...now };
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(observed)) return;
    this.#observed.set(resource, observed);
    this.context.health.setPromoter(resource, { file: resource, isEnabled: true, ...observed });
  }

  /** What the promoter is at now. */
  phase(resource: string, name: string): void {
    if (this.#observed.get(resource)?.phase?.name === name) return;
    this.observed(resource, { phase: { name, sinceMs: this.context.effects.clock.wallMs() } });
  }

  /** A start is over: why it failed; undefined if it did not. */
  startEnded(resource: string, why: string | undefined): void {
    const before = this.#observed.get(resource)?.failedStart;
    if (why === undefined && before === undefined) return;
    this.observed(resource, {
      failedStart: why === undefined ? undefined : { why, times: (before?.times ?? 0) + 1 },
    });
  }

  /** An administrator has put it on hold, or released it. */
  hold(resource: string, hold: Hold | undefined): void {
    this.observed(resource, { onHold: hold && describeHold(hold) });
  }

  /** This promoter no longer manages the resource. */
  forget(resource: string): void {
    this.#observed.delete(resource);
    this.context.health.setPromoter(resource, undefined);
  }
}
