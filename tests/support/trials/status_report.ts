/** What `drbddctl status` finds on node alpha, made up. */
import type { PromoterStatus, Report, Unit } from "../../../src/ctl/status/report.ts";
import { modelResource } from "../core/resource_json.ts";

export function unit(name: string, activeState = "active"): Unit {
  return { name, activeState, freezerState: "running", loadState: "loaded", isHeldBack: false };
}

/** As DRBD has it here when it is Primary on `primaryOn`. */
const resourceOn = (primaryOn: string | undefined) =>
  modelResource({
    name: "web",
    role: primaryOn === "alpha" ? "Primary" : "Secondary",
    ...(primaryOn === "beta" ? { beta: { role: "Primary" } } : {}),
  });

export function promoter(name: string, more: Partial<PromoterStatus> = {}): PromoterStatus {
  return {
    config: {
      name,
      runner: "systemd",
      start: [{ kind: "unit", unit: "a.service" }],
      stopServicesOnExit: false,
      sleepBeforePromoteFactor: 1,
      preferredNodes: [],
      preferredNodesPolicy: "always",
      notWith: [],
      onDiskDetach: "ignore",
      fencingPromoteDelayS: 5,
      adjustResourceOnStart: true,
      onServiceFailure: "ignore",
      serviceFailureLimit: 3,
      dependenciesAs: "Requires",
      targetAs: "Requires",
      onDrbdDemoteFailure: "none",
      secondaryForce: true,
      onQuorumLoss: "shutdown",
    },
    path: `/etc/drbdd.d/${name}.toml`,
    isEnabled: true,
    primaryOn: "alpha",
    resource: resourceOn("primaryOn" in more ? more.primaryOn : "alpha"),
    splitBrainPeers: [],
    protection: { by: "quorum" },
    target: unit(`drbd-services@${name}.target`),
    dependencies: [unit(`drbd-promote@${name}.service`), unit("a.service")],
    ...more,
  };
}

export function report(...promoters: PromoterStatus[]): Report {
  return {
    node: "alpha",
    service: { activeState: "active", statusText: "" },
    configuration: undefined,
    drbdFailure: undefined,
    systemdFailure: undefined,
    moduleVersion: undefined,
    promoters,
    plugins: [],
    badFiles: [],
  };
}
