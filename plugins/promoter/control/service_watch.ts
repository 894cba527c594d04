/** Watches the services of a resource: those that should run, and those that should not. */
import type { Report } from "./report/report.ts";
import type { ResourceConfig } from "../config/resource_config.ts";
import type { Missing, ObservedUnits, OnFailed, Services } from "./services.ts";
import type { State } from "../decide/state.ts";

export class ServiceWatch {
  #watching: AbortController | undefined;

  constructor(
    readonly config: ResourceConfig,
    readonly services: Services,
    readonly report: Report,
    readonly onFailed: OnFailed,
    readonly onUnfrozen: () => void,
  ) {}

  /** The phase has changed. */
  follow({ phase, isIncomplete }: Pick<State, "phase" | "isIncomplete">): void {
    this.end();
    const { name } = this.config;
    // Earlier observations of units are outdated.
    this.report.health.observed(name, { units: undefined });
    const { signal } = this.#watching = new AbortController();
    // Even with on-service-failure = "ignore" a failed service is at least a warning.
    if (phase === "started") {
      const listener = {
        failed: this.onFailed,
        missing: (units: readonly Missing[]) => this.#missing(units, isIncomplete),
        seen: (units: ObservedUnits) => this.report.health.observed(name, { units }),
      };
      this.services.watch(listener, signal);
    } else this.report.forgetMissing(name);
    if (phase === "frozen") this.services.watchFrozen?.(this.onUnfrozen, signal);
    // A resource that is not up in DRBD stays "unsure".
    if (phase === "stopped" || phase === "unsure") {
      const listener = {
        orphans: (units: readonly string[]) => this.report.orphans(name, units),
        seen: (units: ObservedUnits) => this.report.health.observed(name, { units }),
      };
      this.services.watchStopped(listener, signal);
    } else this.report.orphans(name, []);
  }

  end(): void {
    this.#watching?.abort();
    this.#watching = undefined;
  }

  /** A unit that was not started is treated as failed, unless its start is still ahead. */
  #missing(units: readonly Missing[], isIncomplete: boolean): void {
    this.report.missing(this.config.name, units);
    if (isIncomplete || this.config.onServiceFailure === "ignore") return;
    for (const { unit } of units) this.onFailed(unit);
  }
}
