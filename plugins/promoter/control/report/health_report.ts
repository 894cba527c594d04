/** What the promoter contributes to the health of its resources. */
import type { ObservedPromoter, StartWait } from "../../../../src/health/observed.ts";
import type { PluginContext } from "../../../../src/daemon/plugins/plugin.ts";
import { describeHold, type Hold } from "../../hold/hold.ts";
import type { Done } from "../services.ts";

type Observed = Pick<
  ObservedPromoter,
  "unprotected" | "onHold" | "unknown" | "units" | "phase" | "waitsFor" | "failedStart"
>;

/** What a start can wait for; of several, the first is shown. */
const TOPICS = ["drop-ins", "adjust", "resource", "services", "preconditions"] as const;
export type WaitTopic = typeof TOPICS[number];

export class HealthReport {
  readonly #observed = new Map<string, Observed>();
  readonly #waits = new Map<string, Map<WaitTopic, StartWait>>();

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

  /** A start waits for `what`, in words to follow "waiting for"; undefined: no longer. */
  waits(resource: string, topic: WaitTopic, what: string | undefined): void {
    const waits = this.#waits.get(resource) ?? new Map<WaitTopic, StartWait>();
    if (waits.get(topic)?.what === what) return;
    this.#waits.set(resource, waits);
    if (what === undefined) waits.delete(topic);
    else {waits.set(topic, {
        what,
        sinceMs: waits.get(topic)?.sinceMs ?? this.context.effects.clock.wallMs(),
      });}
    const first = TOPICS.find((each) => waits.has(each));
    this.observed(resource, { waitsFor: first && waits.get(first) });
  }

  /** A start is over. */
  startEnded(resource: string, done: Done): void {
    const before = this.#observed.get(resource)?.failedStart;
    if (done.outcome !== "failed") {
      if (before !== undefined) this.observed(resource, { failedStart: undefined });
      return;
    }
    this.observed(resource, {
      failedStart: {
        why: done.why,
        times: (before?.times ?? 0) + 1,
        units: done.failedUnits ?? [],
        sinceMs: before?.sinceMs ?? this.context.effects.clock.wallMs(),
      },
    });
  }

  /** An administrator has put it on hold, or released it. */
  hold(resource: string, hold: Hold | undefined): void {
    this.observed(resource, { onHold: hold && describeHold(hold) });
  }

  /** This promoter no longer manages the resource. */
  forget(resource: string): void {
    this.#observed.delete(resource);
    this.#waits.delete(resource);
    this.context.health.setPromoter(resource, undefined);
  }
}
