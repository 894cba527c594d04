/** Assesses the health of a resource on this node, for everything that shows it. Pure. */
import { diskProblems, ioProblems, splitBrainProblems } from "./drbd_problems.ts";
import type { Observed, ObservedPromoter, ObservedResource } from "./observed.ts";
import { peerProblems } from "./peer_problems.ts";
import { primaryPeers, unseenPeers } from "./peers.ts";
import { type Health, healthOf, type Problem } from "./problem.ts";
import { holdProblems, roleProblems, startProblems, unitProblems } from "./service_problems.ts";

/** All problems of a resource, worst first; none if it is healthy. */
export function assess(observed: Observed): Health {
  const { name, resource, unknown, stale, moduleVersion, promoter } = observed;
  const services = promoter === undefined
    ? []
    : [...holdProblems(name, promoter), ...unitProblems(name, promoter)];
  if (isTooOld(moduleVersion)) {
    return healthOf([tooOld(moduleVersion), ...services]);
  }
  if (unknown !== undefined) return healthOf([unknownState(unknown, moduleVersion), ...services]);
  if (promoter !== undefined && !promoter.isEnabled) return healthOf(disabledProblems(resource, promoter));
  const problems: Problem[] = stale === undefined ? [] : [{
    id: "state-stale",
    severity: "unknown",
    about: "",
    what: `what is known of DRBD may be out of date: ${stale}`,
    next: "systemctl status drbdd; drbdsetup status",
  }];
  // It says more than that nothing runs.
  if (promoter !== undefined) problems.push(...startProblems({ name, resource }, promoter));
  if (resource === undefined) {
    problems.push({
      id: "not-up",
      severity: "down",
      about: "",
      what: "DRBD does not have it on this node",
      next: `drbdadm up ${name}`,
    });
  } else {
    problems.push(
      ...splitBrainProblems(resource, observed.splitBrainPeers ?? []),
      ...ioProblems(resource),
      ...diskProblems(resource),
    );
    if (promoter !== undefined) problems.push(...placeProblems(resource, promoter));
    problems.push(...peerProblems(resource));
  }
  if (promoter !== undefined) problems.push(...services, ...roleProblems({ name, resource }, promoter));
  return healthOf(problems);
}

/** Whether the kernel module is of DRBD 8, whose state the tools of DRBD 9 report wrongly. */
export function isTooOld(version: string | undefined): version is string {
  return version !== undefined && Number.parseInt(version) === 8;
}

/** Why nothing is known of DRBD: a module that is not loaded and a program that is not installed say more than what failed. */
export function unknownState(failure: string, moduleVersion: string | undefined): Problem {
  const problem = { id: "state-unknown", severity: "unknown", about: "" } as const;
  if (moduleVersion?.startsWith("0.")) {
    const what = "the kernel module of DRBD is not loaded";
    return { ...problem, what, next: "modprobe drbd; modinfo drbd shows whether it is installed" };
  }
  if (/Cannot start drbdsetup/.test(failure)) {
    return {
      ...problem,
      what: "drbdsetup cannot be run: nothing is known of DRBD",
      next: "install drbd-utils",
    };
  }
  return { ...problem, what: failure, next: "drbdsetup status" };
}

/** The problem with such a module. */
export function tooOld(version: string): Problem {
  return {
    id: "too-old-module",
    severity: "unknown",
    about: "",
    what: `kernel module ${version} found, DRBD 9 needed`,
    next: "install the kernel module of DRBD 9 and reboot, or reload it: modinfo drbd shows which is found",
  };
}

/** A disabled promoter does nothing. */
function disabledProblems(resource: ObservedResource | undefined, { file }: ObservedPromoter): Problem[] {
  if (resource?.role !== "Primary") return [];
  return [{
    id: "disabled-but-primary",
    severity: "degraded",
    about: "",
    what: "disabled but Primary: drbdd does not manage it, not even if quorum is lost",
    next: `drbddctl enable ${file}, or drbddctl disable --now ${file} to stop it`,
  }];
}

/** Whether the service can start, and whether it runs anywhere. */
function placeProblems(resource: ObservedResource, { unprotected }: ObservedPromoter): Problem[] {
  const problems: Problem[] = [];
  if (unprotected !== undefined) {
    problems.push({
      id: "no-split-brain-protection",
      severity: "degraded",
      about: "",
      what: `no split-brain protection, so nothing is started: ${unprotected.lack}`,
      next: unprotected.remedy,
    });
  }
  if (resource.role === "Primary" || primaryPeers(resource).length > 0) return problems;
  const unseen = unseenPeers(resource);
  problems.push(
    unseen.length > 0
      ? {
        id: "peer-not-seen",
        severity: "unknown",
        about: "",
        what: `no Primary that this node can see: ${unseen.join(", ")} may be one`,
        next: `drbddctl explain ${resource.name}, on this node and on ${unseen.join(", ")}`,
      }
      : {
        id: "not-running",
        severity: "down",
        about: "",
        what: "no node is Primary, so its services run nowhere",
        next: `drbddctl explain ${resource.name}`,
      },
  );
  return problems;
}
