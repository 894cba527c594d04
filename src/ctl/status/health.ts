/** The health shown by `drbddctl status`, and its exit code. */
import { assess, isTooOld } from "../../health/assess.ts";
import { observe } from "../../health/observe.ts";
import { type Health, type Problem, type Severity, worstOf } from "../../health/problem.ts";
import { baseName, stem } from "../config/config_files.ts";
import { EXIT } from "../cli/ctl.ts";
import { describeHold } from "../../../plugins/promoter/hold/hold.ts";
import { secondaryProblems } from "../../health/secondary_problems.ts";
import type { PromoterStatus, Report, SecondaryStatus } from "./report.ts";

/** The overall state of the report. */
type Failures = Pick<Report, "drbdFailure" | "systemdFailure" | "moduleVersion">;

/** The health of one resource with its services on this node. */
export function healthOfPromoter(status: PromoterStatus, report: Failures): Health {
  const { config, path, isEnabled, resource, protection, hold, target, dependencies, start } = status;
  return assess({
    name: config.name,
    resource: resource === undefined ? undefined : observe(resource),
    unknown: report.drbdFailure,
    splitBrainPeers: status.splitBrainPeers,
    moduleVersion: report.moduleVersion,
    promoter: {
      file: stem(baseName(path)),
      isEnabled,
      ...start,
      unprotected: protection?.by === "none" ? protection : undefined,
      onHold: hold && describeHold(hold),
      unknown: config.runner === "shell" ? undefined : report.systemdFailure,
      units: config.runner === "shell" || report.systemdFailure !== undefined
        ? undefined
        : { target, dependencies },
    },
  });
}

/** Problems of a resource, worst first. Failures that concern all (DRBD or systemd does not answer, old module) are reported once elsewhere. */
export function problemsOf(status: PromoterStatus, report: Failures): Problem[] {
  return healthOfPromoter(status, report).problems.filter(({ id, severity }) =>
    severity !== "ok" && id !== "state-unknown" && id !== "services-unknown" && id !== "too-old-module"
  );
}

/** Problems of services for a Secondary. */
export function secondaryProblemsOf(status: SecondaryStatus, { systemdFailure }: Failures): Problem[] {
  return status.isEnabled && systemdFailure === undefined ? secondaryProblems(status) : [];
}

/** Whether a unit runs, in systemd's words. */
export function isUp(activeState: string): boolean {
  return /^(active|reloading|refreshing|activating)$/.test(activeState);
}

/** The worst severity in the report. */
export function severityOf(report: Report): Severity {
  const { drbdFailure, systemdFailure, service, configuration, badFiles, promoters, secondaries = [] } =
    report;
  const isManaged = isUp(service.activeState) && (configuration?.result ?? "loaded") === "loaded" &&
    !badFiles.some(({ isEnabled }) => isEnabled);
  return worstOf([
    ...promoters.map((each) => healthOfPromoter(each, report).severity),
    ...secondaries.flatMap((each) => secondaryProblemsOf(each, report)).map(({ severity }) => severity),
    (drbdFailure ?? systemdFailure) === undefined && !isTooOld(report.moduleVersion) ? "ok" : "unknown",
    isManaged ? "ok" : "degraded",
  ]);
}

const CODES: Readonly<Record<Severity, number>> = {
  ok: EXIT.ok,
  degraded: EXIT.degraded,
  down: EXIT.down,
  unknown: EXIT.unknown,
};

/** The exit code of `status` for a severity. */
export function healthCode(report: Report): number {
  return CODES[severityOf(report)];
}
