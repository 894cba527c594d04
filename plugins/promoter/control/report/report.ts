/** The promoter's output: log, decision log, metrics, problems. */
import type { PluginContext } from "../../../../src/daemon/plugins/plugin.ts";
import type { DecisionLevel } from "../../../../src/daemon/status/decision_log.ts";
import { HealthReport } from "./health_report.ts";
import { describeHold, type Hold } from "../../hold/hold.ts";
import { describeMissing } from "../../systemd/units/missing_units.ts";
import type { ResourceConfig } from "../../config/resource_config.ts";
import type { LoggedOnce } from "./logged_once.ts";
import { promoterDecision } from "./noting_logger.ts";
import type { Done, Missing } from "../services.ts";
import type { Action, Phase, Severity, State } from "../../decide/state.ts";
import { describeSystemctl } from "../../systemd/units/systemctl.ts";
import type { View } from "../../decide/view.ts";

type NothingBegan = Exclude<Done, { readonly outcome: "ok" }>;

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
  readonly #protected;
  readonly #twoPrimaries;
  readonly #incomplete;
  readonly #orphans;
  readonly #onHold;
  readonly health: HealthReport;
  /** The last reports about units that do not run, and about units that run without their resource. */
  readonly #reported = new Map<string, string>();

  constructor(context: PluginContext) {
    this.#context = context;
    this.health = new HealthReport(context);
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
    this.#protected = metrics.family(
      "drbdd_promoter_protected",
      "gauge",
      "1 if DRBD's options are known to keep two nodes from being Primary at once, 0 if nothing is started for want of that",
    );
    this.#twoPrimaries = metrics.family(
      "drbdd_promoter_two_primaries",
      "gauge",
      "1 while the resource is Primary here and on a connected peer",
    );
    this.#incomplete = metrics.family(
      "drbdd_promoter_incomplete",
      "gauge",
      "Units of the start list that did not start though the services run here",
    );
    this.#orphans = metrics.family(
      "drbdd_promoter_units_without_primary",
      "gauge",
      "Units of the start list that run here though the resource is not Primary",
    );
    this.#onHold = metrics.family(
      "drbdd_promoter_on_hold",
      "gauge",
      "1 while drbddctl hold keeps drbdd from starting services here, and from stopping those that can go on",
    );
  }

  /** A decision about a resource. One that only repeats another is not kept. */
  decision(resource: string, text: string, severity: Severity = "info"): void {
    this.#context.log[severity]("{resource}: {text}", { resource, text });
    if (severity !== "debug") this.#note(resource, text, severity === "warn" ? "warning" : severity);
  }

  /** An administrator's hold began, changed or ended. */
  hold(resource: string, hold: Hold | undefined): void {
    this.health.hold(resource, hold);
    if (hold === undefined) {
      this.#onHold.set({ name: resource }, 0);
      return this.decision(resource, "no longer on hold");
    }
    this.#onHold.set({ name: resource }, 1);
    this.decision(
      resource,
      `${describeHold(hold)}: nothing is started, and services are stopped only if they ` +
        `cannot continue, as without quorum; end it with: drbddctl unhold ${resource}`,
      "warn",
    );
  }

  /** The resource is not managed, though DRBD may allow a promotion. */
  leftAlone(resource: string, why: string): void {
    this.failure(resource, `left alone: ${why}`);
  }

  /** Nothing is known to prevent two Primaries: `lack` says why, `remedy` what to do. Running services go on. */
  unprotected(resource: string, isActive: boolean, lack: string, remedy: string): void {
    this.#protected.set({ name: resource }, 0);
    this.#context.problems.set(`${resource} protection`, `${resource}: no split-brain protection: ${lack}`);
    this.health.observed(resource, { unprotected: { lack, remedy } });
    if (!isActive) return this.leftAlone(resource, `${lack}; ${remedy}`);
    this.failure(
      resource,
      `no split-brain protection: ${lack}; its services run on, but nothing is started meanwhile; ${remedy}`,
    );
  }

  /** DRBD prevents two Primaries, by `by`. */
  protectedBy(resource: string, by: string): void {
    const key = `${resource} protection`;
    if (this.#context.problems.has(key)) this.decision(resource, `split-brain protection is back: ${by}`);
    this.#context.problems.set(key, undefined);
    this.health.observed(resource, { unprotected: undefined });
    this.#protected.set({ name: resource }, 1);
  }

  /** Reports when the resource is Primary here and on a peer, and again when the peers change. */
  primaries(resource: string, view: View | undefined): void {
    const peers = view?.role === "Primary" ? view.primaryPeers : [];
    if (view !== undefined) this.#twoPrimaries.set({ name: resource }, peers.length === 0 ? 0 : 1);
    const node = this.#context.effects.nodeName();
    if (!this.#isNew(`${resource} primaries`, peers.join(" "))) return;
    if (peers.length === 0) return this.decision(resource, "there are no two Primaries any more");
    const which = peers.length === 1 ? "one of the two nodes" : "all nodes but one";
    this.failure(
      resource,
      `two Primaries: ${node} (this node) and ${peers.join(" and ")}; ${
        peers.length === 1 ? "both" : "all"
      } may write, ` +
        "and their data may be damaged; drbdd starts nothing and leaves what runs; fix it with: stop its services on " +
        `${which}, drbdadm secondary ${resource} there, ` +
        "then net { allow-two-primaries no; } in the resource's file and drbdadm adjust on all nodes",
    );
  }

  /** Which services run cannot be determined, and is checked again every `seconds`. */
  cannotFind(resource: string, error: unknown, seconds: number, logged: LoggedOnce): void {
    const reason = describeSystemctl(error);
    this.health.waits(resource, "services", `systemd: cannot find out whether its services run: ${reason}`);
    logged.log(reason, () =>
      this.failure(
        resource,
        `cannot find out whether its services run; retrying every ${seconds} s: ${reason}`,
      ));
  }

  /** After a restart of drbdd: services that were running already. */
  found({ name, start, runner }: ResourceConfig, { phase, isIncomplete }: State): void {
    const services = runner === "systemd" ? start.map(({ unit }) => unit).join(", ") : "its services";
    const found = phase === "frozen" ? "frozen" : "running";
    const part = isIncomplete ? "a part of " : "";
    this.decision(
      name,
      `found ${found}: ${part}${services || "the promotion"}; drbdd manages them from here on`,
    );
  }

  state(resource: string, { phase }: State): void {
    this.health.phase(resource, phase);
    for (const state of PHASES) this.#phase.set({ name: resource, state }, state === phase ? 1 : 0);
  }

  /** Units that were not started although the services run: reported once, and once more when that is over. */
  missing(resource: string, units: readonly Missing[]): void {
    this.#incomplete.set({ name: resource }, units.length);
    if (!this.#isNew(`${resource} missing`, describeMissing(units))) return;
    if (units.length === 0) {
      return this.decision(resource, "complete: all units of the start list were started");
    }
    this.decision(resource, `incomplete: ${describeMissing(units)}`, "warn");
  }

  /** The services do not run: units are reported again when they do. */
  forgetMissing(resource: string): void {
    this.#incomplete.set({ name: resource }, 0);
    this.#reported.delete(`${resource} missing`);
  }

  /** Units that run without their resource: as `missing`. */
  orphans(resource: string, units: readonly string[]): void {
    this.#orphans.set({ name: resource }, units.length);
    const names = units.join(" ");
    if (!this.#isNew(`${resource} orphans`, names)) return;
    if (names === "") {
      return this.decision(resource, "no unit of the start list runs without its resource any more");
    }
    const text =
      `${names} active, but the resource is not Primary here: started by hand or by another unit, or ` +
      `left over from a start without drop-ins; drbdd does not stop units that it did not start; stop with: ` +
      `systemctl stop ${names}`;
    this.failure(resource, text);
  }

  #isNew(about: string, text: string): boolean {
    if ((this.#reported.get(about) ?? "") === text) return false;
    this.#reported.set(about, text);
    return true;
  }

  /** An action has ended. A failure is kept with the decisions, as it explains the next ones. `primaryPeer` is the peer now known to be Primary. */
  end(resource: string, action: Action, done: Done, primaryPeer?: string): void {
    const what = action.kind === "restartUnit" ? "restart" : action.kind;
    this.count(resource, action, done);
    if (action.kind === "start" && done.outcome !== "nothingBegan") {
      this.health.startEnded(resource, done);
    }
    switch (done.outcome) {
      case "ok":
        this.#context.log.info("{resource}: {what}: done", { resource, what });
        if (done.missing !== undefined) this.missing(resource, done.missing);
        if (done.failedUnit !== undefined) {
          this.decision(
            resource,
            `${done.failedUnit} had failed before (journalctl -u ${done.failedUnit})`,
            "warn",
          );
        }
        return;
      case "failed":
        return this.failure(resource, `${what} failed: ${done.why}`);
      case "nothingBegan":
        return this.#nothingBegan(resource, what, done, primaryPeer);
    }
  }

  /** Only counts the end of an action. */
  count(resource: string, { kind }: Action, { outcome }: Done): void {
    this.#actions.add({ name: resource, action: kind });
    if (kind === "start" && outcome === "ok") this.#takeovers.add({ name: resource });
    if (outcome === "failed") this.#failures.add({ name: resource, action: kind });
  }

  /** Something failed. */
  failure(resource: string, text: string): void {
    this.#context.log.error("{resource}: {text}", { resource, text });
    this.#note(resource, text, "error");
  }

  /** A lost race is normal, and so is a start that was overtaken by a stop. Other obstacles are not. */
  #nothingBegan(resource: string, what: string, done: NothingBegan, primaryPeer: string | undefined): void {
    if (done.cause === "givenUp") return this.decision(resource, `${what} ended early: ${done.why}`);
    if (done.cause === "refused" && primaryPeer !== undefined) {
      const text = `not started here: lost the promotion race, ${primaryPeer} is Primary`;
      return this.decision(resource, text);
    }
    this.decision(resource, `not started here: ${done.why}`, "warn");
  }

  /** The resource is not up in DRBD: there is nothing to protect. */
  nothingToProtect(resource: string): void {
    this.#context.problems.set(`${resource} protection`, undefined);
    this.health.observed(resource, { unprotected: undefined });
    this.#protected.remove({ name: resource });
  }

  /** This promoter no longer manages the resource. */
  forget(resource: string): void {
    this.#reported.delete(`${resource} primaries`);
    this.health.forget(resource);
    this.#protected.remove({ name: resource });
    this.#twoPrimaries.remove({ name: resource });
    for (const state of PHASES) this.#phase.remove({ name: resource, state });
    this.#incomplete.remove({ name: resource });
    this.#orphans.remove({ name: resource });
    this.#onHold.remove({ name: resource });
  }

  #note(resource: string, text: string, level: DecisionLevel): void {
    const { effects, journal } = this.#context;
    journal.note(resource, promoterDecision(effects.clock.wallMs(), level, text));
  }
}
