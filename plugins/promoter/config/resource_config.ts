/** The meaning of `[promoter.resources.NAME]`. */
import { type DEPENDENCIES, type FAILURE_ACTIONS, type ResourceTable } from "./resource_table.ts";
import { type SecondaryConfig, secondaryConfig } from "./secondary_config.ts";
import { startEntries, type StartEntry } from "./start_entry.ts";

interface CommonConfig {
  /** The DRBD resource. */
  readonly name: string;
  readonly stopServicesOnExit: boolean;
  readonly sleepBeforePromoteFactor: number;
  /** Names of nodes, best first. */
  readonly preferredNodes: readonly string[];
  readonly preferredNodesPolicy: "always" | "start-only";
  /** Resources that must not run on the same node if another node is available. */
  readonly notWith: readonly string[];
  readonly onDiskDetach: "ignore" | "fail-over";
  readonly fencingPromoteDelayS: number;
  readonly adjustResourceOnStart: boolean;
  readonly onServiceFailure: "ignore" | "restart" | "fail-over";
  readonly serviceFailureLimit: number;
}

export interface SystemdResourceConfig extends CommonConfig {
  readonly runner: "systemd";
  readonly start: readonly StartEntry[];
  readonly dependenciesAs: typeof DEPENDENCIES[number];
  readonly targetAs: typeof DEPENDENCIES[number];
  readonly onDrbdDemoteFailure: typeof FAILURE_ACTIONS[number];
  readonly secondaryForce: boolean;
  readonly onQuorumLoss: "shutdown" | "freeze";
}

export interface ShellResourceConfig extends CommonConfig {
  readonly runner: "shell";
  readonly start: readonly string[];
  /** As configured, or the start list reversed. */
  readonly stop: readonly string[];
  readonly onStopFailure: string | undefined;
  readonly monitor: string | undefined;
  /** Children of a shell cannot be frozen: they are stopped, whatever is configured. */
  readonly onQuorumLoss: "shutdown";
}

export type ResourceConfig = SystemdResourceConfig | ShellResourceConfig;

export interface PromoterConfig {
  /** Services for the role Primary, in the order of the file. */
  readonly resources: readonly ResourceConfig[];
  /** Services for the role Secondary; absent if there are none. */
  readonly secondaries?: readonly SecondaryConfig[];
}

/** The meaning of valid tables, by resource name. */
export function promoterConfig(tables: Readonly<Record<string, ResourceTable>>): PromoterConfig {
  const all = Object.entries(tables);
  const secondaries = all.filter(([, table]) => table.when === "Secondary");
  return {
    resources: all.filter(([, table]) => table.when === "Primary").map(([name, table]) =>
      resourceConfig(name, table)
    ),
    ...(secondaries.length === 0
      ? {}
      : { secondaries: secondaries.map(([name, table]) => secondaryConfig(name, table)) }),
  };
}

/** The meaning of a valid table. */
export function resourceConfig(name: string, table: ResourceTable): ResourceConfig {
  const common: CommonConfig = {
    name,
    stopServicesOnExit: table["stop-services-on-exit"],
    sleepBeforePromoteFactor: table["sleep-before-promote-factor"],
    preferredNodes: table["preferred-nodes"],
    preferredNodesPolicy: table["preferred-nodes-policy"],
    notWith: table["not-with"].filter((other) => other !== name),
    onDiskDetach: table["on-disk-detach"],
    fencingPromoteDelayS: table["fencing-promote-delay"],
    adjustResourceOnStart: table["adjust-resource-on-start"],
    onServiceFailure: table["on-service-failure"],
    serviceFailureLimit: table["service-failure-limit"],
  };
  if (table.runner === "shell") {
    return {
      ...common,
      runner: "shell",
      start: table.start,
      stop: table.stop.length > 0 ? table.stop : table.start.toReversed(),
      onStopFailure: table["on-stop-failure"] === "" ? undefined : table["on-stop-failure"],
      monitor: table.monitor,
      onQuorumLoss: "shutdown",
    };
  }
  return {
    ...common,
    runner: "systemd",
    start: startEntries(table.start, name),
    dependenciesAs: table["dependencies-as"],
    targetAs: table["target-as"],
    onDrbdDemoteFailure: table["on-drbd-demote-failure"],
    secondaryForce: table["secondary-force"],
    onQuorumLoss: table["on-quorum-loss"],
  };
}

/** Whether its services are units of systemd. */
export function isSystemd(config: ResourceConfig): config is SystemdResourceConfig {
  return config.runner === "systemd";
}
