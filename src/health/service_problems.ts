/** Problems of the services that a promoter manages. */
import type { ObservedPromoter, ObservedResource, ObservedUnit } from "./observed.ts";
import { primaryPeers } from "./peers.ts";
import type { Problem } from "./problem.ts";

/** systemd 252 reports a unit that ended while frozen as frozen for ever. */
export function isFrozen({ activeState, freezerState }: ObservedUnit): boolean {
  return !/^(inactive|failed)$/.test(activeState) && /^(frozen|freezing|thawing)/.test(freezerState);
}

/** An administrator has restricted what drbdd does with the resource. */
export function holdProblems(name: string, { onHold }: ObservedPromoter): Problem[] {
  if (onHold === undefined) return [];
  return [{
    id: "on-hold",
    severity: "degraded",
    about: "",
    what: `${onHold}: drbdd starts nothing here, and stops only services that cannot continue`,
    next: `drbddctl unhold ${name}`,
  }];
}

/** Why its services cannot run here. If another node runs them it is no outage, but no node could take over. */
export function startProblems(
  { name, resource }: { readonly name: string; readonly resource: ObservedResource | undefined },
  { waitsFor, failedStart }: ObservedPromoter,
): Problem[] {
  if (resource?.role === "Primary") return [];
  const severity = resource !== undefined && primaryPeers(resource).length > 0 ? "degraded" : "down";
  const problems: Problem[] = [];
  if (failedStart !== undefined) {
    const { why, times, sinceMs, units: [failed] = [] } = failedStart;
    problems.push({
      id: "start-failed",
      severity,
      about: "",
      what: `its services failed to start here${times > 1 ? ` ${times} times` : ""}: ${why}`,
      next: failed === undefined ? `drbddctl logs ${name}` : `systemctl status '${failed}'`,
      sinceMs,
    });
  }
  if (waitsFor !== undefined) {
    problems.push({
      id: "start-waits",
      severity,
      about: "",
      what: `not started here yet: waiting for ${waitsFor.what}`,
      next: `drbddctl logs ${name}`,
      sinceMs: waitsFor.sinceMs,
    });
  }
  return problems;
}

/** What only systemd knows: independent of DRBD. */
export function unitProblems(name: string, { units, file, unknown }: ObservedPromoter): Problem[] {
  if (unknown !== undefined) {
    return [{
      id: "services-unknown",
      severity: "unknown",
      about: "",
      what: unknown,
      next: "systemctl is-system-running",
    }];
  }
  if (units === undefined) return [];
  const { target, dependencies } = units;
  const problems: Problem[] = [];
  if (target.loadState === "masked") {
    problems.push({
      id: "evicted",
      severity: "degraded",
      about: target.name,
      what: "masked: evicted from this node, does not start here",
      next: `drbddctl evict --unmask ${file}`,
    });
  }
  for (const unit of [target, ...dependencies]) {
    if (unit.activeState === "failed") {
      problems.push({
        id: "service-failed",
        severity: "down",
        about: unit.name,
        what: `${unit.name} failed`,
        next: `systemctl status '${unit.name}'`,
      });
    } else if (unit.loadState === "not-found") {
      problems.push({
        id: "unit-missing",
        severity: target.activeState === "active" ? "down" : "degraded",
        about: unit.name,
        what: `${unit.name} does not exist`,
        next: "install it and systemctl daemon-reload, or fix the start list",
      });
    }
  }
  const frozen = dependencies.filter(isFrozen).map((unit) => unit.name);
  if (frozen.length > 0) {
    problems.push({
      id: "services-frozen",
      severity: "down",
      about: "",
      what: `frozen: ${frozen.join(", ")}`,
      next: `they continue when quorum is back: drbdadm status ${name}`,
    });
  }
  return problems;
}

/** Services without the role, and the role without services. */
export function roleProblems(
  { name, resource }: { readonly name: string; readonly resource: ObservedResource | undefined },
  { units }: ObservedPromoter,
): Problem[] {
  if (units === undefined || units.target.loadState === "masked") return [];
  const { name: target, activeState } = units.target;
  const isHere = resource?.role === "Primary";
  const [promote, ...services] = units.dependencies;
  if (isHere && activeState === "inactive") {
    return [{
      id: "services-inactive",
      severity: "down",
      about: target,
      what: `Primary here, but ${target} is inactive`,
      next: `journalctl -u drbdd | grep ' ${name}: '`,
    }];
  }
  if (isHere) {
    const heldBack = activeState === "active" ? services.filter((unit) => unit.isHeldBack) : [];
    return heldBack.map((unit) => ({
      id: "service-incomplete",
      severity: "degraded",
      about: unit.name,
      what: `incomplete: ${unit.name} did not start, a condition was not met`,
      next: `systemctl status '${unit.name}'`,
    }));
  }
  const problems: Problem[] = [];
  const orphans = services.filter((unit) => unit.activeState === "active").map((unit) => unit.name);
  if (promote?.activeState === "inactive" && orphans.length > 0) {
    problems.push({
      id: "service-without-primary",
      severity: "degraded",
      about: "",
      what: `${orphans.join(", ")} active, but the resource is not Primary here`,
      next: `systemctl stop ${orphans.map((each) => `'${each}'`).join(" ")}`,
    });
  }
  const [elsewhere] = resource === undefined ? [] : primaryPeers(resource);
  if (elsewhere !== undefined && activeState === "active") {
    problems.push({
      id: "service-without-primary",
      severity: "degraded",
      about: target,
      what: `${target} is active here, but the resource is Primary on ${elsewhere}`,
      next: `systemctl stop ${target}`,
    });
  }
  return problems;
}
