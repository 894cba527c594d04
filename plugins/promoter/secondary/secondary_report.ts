/** What is published of services that run where a resource is Secondary: the log, the decisions, metrics. */
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { DecisionLevel } from "../../../src/daemon/status/decision_log.ts";
import { promoterDecision } from "../control/report/noting_logger.ts";
import type { SecondaryPhase, SecondaryStep } from "./decide.ts";
import type { SecondaryEnd } from "./secondary_services.ts";

/** Distinguishes these decisions from those about the promotion. */
const PREFIX = "when Secondary: ";

export class SecondaryReport {
  readonly #context: PluginContext;
  readonly #resource: string;
  readonly #running;
  readonly #actions;
  readonly #failures;

  constructor(context: PluginContext, resource: string) {
    this.#context = context;
    this.#resource = resource;
    const { metrics } = context;
    this.#running = metrics.family(
      "drbdd_promoter_secondary_running",
      "gauge",
      'Services of a table with when = "Secondary": 1 if they were started here',
    );
    this.#actions = metrics.family(
      "drbdd_promoter_secondary_actions_total",
      "counter",
      'Starts and stops of services of a table with when = "Secondary"',
    );
    this.#failures = metrics.family(
      "drbdd_promoter_secondary_failures_total",
      "counter",
      'Starts and stops of services of a table with when = "Secondary" that failed',
    );
    this.#running.set({ name: resource }, 0);
  }

  decision(text: string, severity: NonNullable<SecondaryStep["severity"]> = "info"): void {
    this.#context.log[severity]("{resource}: {text}", { resource: this.#resource, text: PREFIX + text });
    if (severity !== "debug") this.#note(text, severity === "warn" ? "warning" : severity);
  }

  failure(text: string): void {
    this.#context.log.error("{resource}: {text}", { resource: this.#resource, text: PREFIX + text });
    this.#note(text, "error");
  }

  /** A start or a stop is over. `isRepeated`: it only belongs to a start that fails again and again. */
  ended(what: "start" | "stop", done: SecondaryEnd, isRepeated = false): void {
    this.count(what, done);
    const text = done.outcome === "givenUp" ? "ended early" : "done";
    this.#context.log[isRepeated ? "debug" : "info"]("{resource}: {text}", {
      resource: this.#resource,
      text: `${PREFIX}${what}: ${text}`,
    });
  }

  count(action: "start" | "stop", { outcome }: SecondaryEnd): void {
    const labels = { name: this.#resource, action };
    this.#actions.add(labels);
    if (outcome === "failed") this.#failures.add(labels);
  }

  phase(before: SecondaryPhase, phase: SecondaryPhase): void {
    this.#running.set({ name: this.#resource }, phase === "started" ? 1 : 0);
    if (before === "unsure" && phase === "started") {
      this.decision("found running; drbdd manages them from here on");
    }
  }

  /** The resource is not this promoter's any more. */
  forget(): void {
    this.#running.remove({ name: this.#resource });
  }

  #note(text: string, level: DecisionLevel): void {
    const { effects, journal } = this.#context;
    journal.note(this.#resource, promoterDecision(effects.clock.wallMs(), level, PREFIX + text));
  }
}
