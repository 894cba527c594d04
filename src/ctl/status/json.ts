/** The status as JSON: the keys and words of drbd-reactorctl, with additions. */
import type { Hold } from "../../../plugins/promoter/hold/hold.ts";
import { formatAddress } from "../../config/schema/address.ts";
import type { ConfigStatus } from "../../daemon/status/config_status.ts";
import { healthOfPromoter, secondaryProblemsOf } from "./health.ts";
import type { PluginStatus, PromoterStatus, Report, SecondaryStatus, Unit } from "./report.ts";

/** The entry of a unit without state. */
const UNKNOWN = "unknown";

export function statusJson(report: Report): Record<string, unknown> {
  const of = (name: string) =>
    report.plugins.filter(({ plugin }) => plugin === name).map((each) => pluginJson(each, report));
  return {
    promoter: report.promoters.map((each) => promoterJson(each, report)),
    ...(report.secondaries === undefined
      ? {}
      : { secondary: report.secondaries.map((each) => secondaryJson(each, report)) }),
    prometheus: of("prometheus"),
    debugger: of("debugger"),
    umh: of("umh"),
    agentx: of("agentx"),
    api: of("api"),
    node: report.node,
    ...(report.configuration === undefined ? {} : { configuration: configurationJson(report.configuration) }),
    service: { status: report.service.activeState, text: report.service.statusText },
  };
}

function configurationJson({ result, errors, loadedMs }: ConfigStatus) {
  return {
    reloaded: result === "loaded",
    needs_restart: result === "needsRestart",
    errors,
    loaded_at: new Date(loadedMs).toISOString(),
  };
}

function promoterJson(status: PromoterStatus, report: Report) {
  const { config, path, isEnabled, primaryOn, hold, target, dependencies } = status;
  const isShell = config.runner === "shell";
  return {
    drbd_resource: config.name,
    path,
    enabled: isEnabled,
    primary_on: primaryOn ?? UNKNOWN,
    target: unitJson(target),
    dependencies: isShell ? [] : dependencies.map(unitJson),
    status: isShell ? (primaryOn === report.node ? "active" : "inactive") : target.activeState,
    runner: config.runner,
    on_hold: hold === undefined ? null : holdJson(hold),
    problems: healthOfPromoter(status, report).problems.map(({ what }) => what),
  };
}

function secondaryJson(status: SecondaryStatus, report: Report) {
  const { name, path, isEnabled, target, units } = status;
  return {
    drbd_resource: name,
    path,
    enabled: isEnabled,
    target: unitJson(target),
    dependencies: units.map(unitJson),
    status: target.activeState,
    problems: secondaryProblemsOf(status, report).map(({ what }) => what),
  };
}

function holdJson({ sinceMs, untilMs, reason }: Hold) {
  const time = (wallMs: number | undefined) => wallMs === undefined ? null : new Date(wallMs).toISOString();
  return { since: time(sinceMs), until: time(untilMs), reason: reason ?? null };
}

function unitJson({ name, activeState, freezerState }: Unit) {
  return { name, status: activeState, freezer: freezerState };
}

function pluginJson({ path, isEnabled, address, answer }: PluginStatus, { service }: Report) {
  return {
    path,
    enabled: isEnabled,
    ...(address === undefined ? {} : { address: formatAddress(address) }),
    status: isEnabled ? service.activeState : "inactive",
    ...(answer === undefined ? {} : { answers: answer === "" }),
  };
}
