/** Problems of services that run where a resource is Secondary. They never keep a resource from running: nothing is down. */
import type { ObservedResource, ObservedUnit } from "./observed.ts";
import type { Problem } from "./problem.ts";

export interface ObservedSecondary {
  readonly name: string;
  /** Undefined if the resource is not up on this node, or its state is not known. */
  readonly resource: Pick<ObservedResource, "role" | "devices"> | undefined;
  readonly target: ObservedUnit;
  /** Of the start list. */
  readonly units: readonly ObservedUnit[];
}

export function secondaryProblems({ name, resource, target, units }: ObservedSecondary): Problem[] {
  const problems: Problem[] = [];
  const add = (id: Problem["id"], about: string, what: string, next: string) =>
    problems.push({ id, severity: "degraded", about, what, next });
  if (target.loadState === "masked") {
    add(
      "evicted",
      target.name,
      `${target.name} is masked: it does not start here`,
      `systemctl unmask '${target.name}'`,
    );
  }
  for (const { name: unit, activeState, loadState } of [target, ...units]) {
    if (activeState === "failed") add("service-failed", unit, `${unit} failed`, `systemctl status '${unit}'`);
    if (loadState !== "not-found") continue;
    const next = unit === target.name
      ? "install drbd-services-secondary@.target, which drbdd's package has"
      : "install it and systemctl daemon-reload, or fix the start list";
    add("unit-missing", unit, `${unit} does not exist`, next);
  }
  if (resource?.role === "Primary" && target.activeState === "active") {
    add(
      "secondary-beside-primary",
      target.name,
      `${target.name} is active, but the resource is Primary here`,
      `journalctl -u drbdd | grep ' ${name}: '; systemctl stop '${target.name}'`,
    );
  }
  return problems;
}

/** Where they run, or why they do not, for people. */
export function secondaryPlace({ resource, target }: ObservedSecondary): string {
  if (target.activeState === "active") return "runs here";
  if (target.activeState === "activating") return "starts here";
  if (resource === undefined) return "not here: the resource is not up";
  if (resource.role !== "Secondary") return `not here: the resource is ${resource.role} here`;
  const disk = resource.devices.find(({ diskState }) => diskState !== "UpToDate")?.diskState;
  return disk === undefined ? "not here" : `not here: a local disk is ${disk}`;
}
