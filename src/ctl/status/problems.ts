/** What of a resource's status needs somebody, and what that somebody does. */
import { baseName, stem } from "../config_files.ts";
import type { PromoterStatus, Report, Unit } from "./report.ts";

export interface Problem {
  readonly what: string;
  /** A command, or what to do in words. */
  readonly next: string;
}

/** The first is the one that matters most. */
export function problemsOf(status: PromoterStatus, report: Report): Problem[] {
  if (report.drbdFailure !== undefined) return unitProblems(status);
  const { config: { name }, isEnabled, primaryOn, resource, protection, path } = status;
  const isHere = primaryOn === report.node;
  const file = stem(baseName(path));
  if (!isEnabled) {
    if (!isHere) return [];
    return [{
      what: "disabled but Primary: drbdd does not look after it, not even if quorum is lost",
      next: `drbddctl enable ${file}, or drbddctl disable --now ${file} to stop it`,
    }];
  }
  const problems: Problem[] = [];
  const add = (what: string, next: string) => problems.push({ what, next });
  if (resource === undefined) {
    add("DRBD does not have it on this node", `drbdadm up ${name}`);
  } else {
    const lost = resource.devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
    if (lost.length > 0) {
      add(`no quorum (volume ${lost.join(", ")})`, `drbdadm status ${name}: which peers cannot be reached?`);
    }
    if (resource.suspended.length > 0) {
      add(`I/O is suspended: ${resource.suspended.join(", ")}`, `drbdadm status ${name}`);
    }
    const peers = resource.connections.filter(({ peerRole }) => peerRole === "Primary");
    if (resource.role === "Primary" && peers.length > 0) {
      add(
        `two Primaries: this node and ${peers.map(({ connName }) => connName).join(" and ")}`,
        `stop its services on ${
          peers.length === 1 ? "one of the two" : "all nodes but one"
        }, then drbdadm secondary ${name} there`,
      );
    }
    if (protection?.by === "none") {
      add(`no split-brain protection, so nothing is started: ${protection.lack}`, protection.remedy);
    }
    if (primaryOn === undefined) add("Primary nowhere that this node knows of", `drbddctl explain ${name}`);
  }
  problems.push(...unitProblems(status));
  if (status.config.runner === "systemd" && status.target.loadState !== "masked") {
    const { name: target, activeState } = status.target;
    if (isHere && activeState === "inactive") {
      add(`Primary here, but ${target} is inactive`, `journalctl -u drbdd | grep ' ${name}: '`);
    }
    const [promote, ...units] = status.dependencies;
    const heldBack = units.filter((unit) => unit.isHeldBack);
    if (isHere && activeState === "active") {
      for (const unit of heldBack) {
        add(
          `incomplete: ${unit.name} did not start, a condition was not met`,
          `systemctl status '${unit.name}'`,
        );
      }
    }
    const orphans = units.filter((unit) => unit.activeState === "active").map((unit) => unit.name);
    if (!isHere && promote?.activeState === "inactive" && orphans.length > 0) {
      add(
        `${orphans.join(", ")} active, but the resource is not Primary here`,
        `systemctl stop ${orphans.map((each) => `'${each}'`).join(" ")}`,
      );
    }
    if (!isHere && primaryOn !== undefined && activeState === "active") {
      add(
        `${target} is active here, but the resource is Primary on ${primaryOn}`,
        `systemctl stop ${target}`,
      );
    }
  }
  return problems;
}

function unitProblems({ config, target, dependencies, path }: PromoterStatus): Problem[] {
  if (config.runner === "shell") return [];
  const problems: Problem[] = [];
  if (target.loadState === "masked") {
    problems.push({
      what: "masked: it was evicted, and does not start here",
      next: `drbddctl evict --unmask ${stem(baseName(path))}`,
    });
  }
  for (const unit of [target, ...dependencies]) {
    if (unit.activeState === "failed") {
      problems.push({ what: `${unit.name} failed`, next: `systemctl status '${unit.name}'` });
    } else if (unit.loadState === "not-found") {
      problems.push({
        what: `${unit.name} does not exist`,
        next: "install it and systemctl daemon-reload, or mend the start list",
      });
    }
  }
  const frozen = dependencies.filter(isFrozen).map(({ name }) => name);
  if (frozen.length > 0) {
    problems.push({
      what: `frozen: ${frozen.join(", ")}`,
      next: `they go on when quorum is back: drbdadm status ${config.name}`,
    });
  }
  return problems;
}

/** Of a unit that ended while it was frozen, systemd 252 goes on saying that it is. */
export function isFrozen({ activeState, freezerState }: Unit): boolean {
  return !/^(inactive|failed)$/.test(activeState) && /^(frozen|freezing|thawing)/.test(freezerState);
}
