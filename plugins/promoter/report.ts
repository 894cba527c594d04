/** What the promoter lets others know: the log, the journal of decisions, metrics. */
import type { PluginContext } from "../../src/runtime/plugin.ts";
import type { Done } from "./services.ts";
import type { Action, Phase, State } from "./state.ts";

const PLUGIN = "promoter";
const PHASES: readonly Phase[] = [
  "unsure",
  "stopped",
  "starting",
  "started",
  "freezing",
  "frozen",
  "thawing",
  "stopping",
];

export class Report {
  readonly #context: PluginContext;
  readonly #phase;
  readonly #actions;
  readonly #failures;
  readonly #takeovers;

  constructor(context: PluginContext) {
    this.#context = context;
    const { metrics } = context;
    this.#phase = metrics.family(
      "drbdd_promoter_state",
      "gauge",
      "Phase of the promoter, 1 for the present one",
    );
    this.#actions = metrics.family(
      "drbdd_promoter_actions_total",
      "counter",
      "Starts, stops, freezes, thaws and restarts",
    );
    this.#failures = metrics.family("drbdd_promoter_failures_total", "counter", "Actions that failed");
    this.#takeovers = metrics.family(
      "drbdd_promoter_takeovers_total",
      "counter",
      "Starts after which the services ran here",
    );
  }

  /** Something was decided about a resource. */
  decision(resource: string, text: string): void {
    this.#context.log.info("{resource}: {text}", { resource, text });
    this.#note(resource, text);
  }

  /** Nothing is started, though DRBD may allow it. */
  leftAlone(resource: string, why: string): void {
    const text = `left alone: ${why}`;
    this.#context.log.error("{resource}: {text}", { resource, text });
    this.#note(resource, text);
  }

  state(resource: string, { phase }: State): void {
    for (const state of PHASES) this.#phase.set({ name: resource, state }, state === phase ? 1 : 0);
  }

  /** An action is over. What went wrong is kept with the decisions: it explains the next ones. */
  end(resource: string, { kind }: Action, done: Done): void {
    this.#actions.add({ name: resource, action: kind });
    if (kind === "start" && done.outcome === "ok") this.#takeovers.add({ name: resource });
    const what = kind === "restartUnit" ? "restart" : kind;
    if (done.outcome === "ok") {
      this.#context.log.info("{resource}: {what}: done", { resource, what });
      if (done.failedUnit !== undefined) {
        const text = `${done.failedUnit} had failed before`;
        this.#context.log.warn("{resource}: {text}", { resource, text });
        this.#note(resource, text);
      }
      return;
    }
    if (done.outcome === "failed") this.#failures.add({ name: resource, action: kind });
    const text = done.outcome === "failed"
      ? `${what} failed: ${done.why}`
      : `${what} came to nothing: ${done.why}`;
    if (done.outcome === "failed") this.#context.log.error("{resource}: {text}", { resource, text });
    else this.#context.log.info("{resource}: {text}", { resource, text });
    this.#note(resource, text);
  }

  /** The resource is not this promoter's any more. */
  forget(resource: string): void {
    for (const state of PHASES) this.#phase.remove({ name: resource, state });
  }

  #note(resource: string, text: string): void {
    const { effects, journal } = this.#context;
    journal.note(resource, { wallMs: effects.clock.wallMs(), plugin: PLUGIN, text });
  }
}
