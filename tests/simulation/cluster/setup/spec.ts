/** What a simulated cluster is made of, apart from DRBD: services, and what is configured for the promoter. */
import type { PromoterConfig, ResourceConfig } from "../../../../plugins/promoter/config.ts";
import type { ResourceInput } from "../../../../plugins/promoter/config/resource_table.ts";
import type { SecondaryConfig } from "../../../../plugins/promoter/config/secondary_config.ts";
import type { ClusterConfig } from "../../model/config.ts";

export interface ServiceSpec {
  /** Unique in the cluster. */
  readonly name: string;
  readonly resource: string;
  /** Where it runs; absent: where the resource is Primary. */
  readonly when?: "Secondary";
  /** Of the resource, the volume that it uses. */
  readonly volume: number;
  /** An address (or an exporter, ...) uses no device: DRBD cannot keep it from running anywhere. */
  readonly kind: "notify" | "simple" | "mount" | "address";
  readonly startMs: number;
  readonly stopMs: number;
  /** systemd kills it after this. */
  readonly stopTimeoutMs: number;
  readonly writeEveryMs: number;
  /** `Restart=on-failure` with this as its RestartSec=; absent: systemd does not start it again. */
  readonly restartMs?: number;
  /** What it does when its device fails. */
  readonly onIoError: "end" | "go on";
}

/** What can be wrong with a service on one node, for a while. */
export interface Trouble {
  readonly kind:
    | "fails to start"
    | "starts slowly"
    | "ignores SIGTERM"
    | "fails to stop"
    /** Its unit is masked, or gone, or has a condition that is not met. */
    | "cannot be started";
}

/** What a table with `when = "Secondary"` names. */
export interface SecondarySpec {
  readonly services: readonly ServiceSpec[];
  readonly config: SecondaryConfig;
}

/** A resource, what runs on it, and how the promoter is configured. */
export interface ResourceSpec {
  readonly name: string;
  readonly services: readonly ServiceSpec[];
  readonly table: ResourceInput;
  /** What the table means. */
  readonly config: ResourceConfig;
  /** What runs where it is Secondary, if anything does. */
  readonly secondary?: SecondarySpec;
}

/** What drbdd of a node is configured with. */
export interface NodeTables {
  readonly resources: readonly ResourceSpec[];
  /** The promoters of its configuration: they may lack resources. */
  readonly promoters: readonly PromoterConfig[];
  /** Its drbdd knows no not-with and no hold. */
  readonly isOld?: boolean;
}

/** All that a seed says before anything happens. */
export interface ClusterSpec extends NodeTables {
  readonly drbd: ClusterConfig;
  /** By node, where not all are configured alike. */
  readonly own?: ReadonlyMap<string, NodeTables>;
  /** drbd@RESOURCE.target is enabled: DRBD is configured at boot, whatever drbdd does. */
  readonly isDrbdEnabled: boolean;
  /** With fencing, a lost peer is switched off by a fence device that can always be reached. */
  readonly fences: boolean;
}

export function tablesOf(spec: ClusterSpec, node: string): NodeTables {
  return spec.own?.get(node) ?? spec;
}

/** The unit of a service, with the systemd runner. */
export function unitOf({ name, kind }: ServiceSpec): string {
  return kind === "mount" ? `${name}.mount` : `${name}.service`;
}

/** A resource in names of units, as systemd-escape makes it of the names that are drawn. */
export function instanceOf(resource: string): string {
  return resource.replaceAll("-", "\\x2d");
}

/** The target of services that run where the resource is Secondary. */
export function secondaryTargetOf(resource: string): string {
  return `drbd-services-secondary@${instanceOf(resource)}.target`;
}

export function serviceNamed({ resources }: ClusterSpec, name: string): ServiceSpec | undefined {
  for (const { services, secondary } of resources) {
    for (const service of [...services, ...secondary?.services ?? []]) {
      if (service.name === name) return service;
    }
  }
  return undefined;
}

/** Names of the services that a configuration has for a resource; undefined if it does not manage it. */
export function configuredServices(
  promoters: readonly PromoterConfig[],
  { name, services }: ResourceSpec,
): string[] | undefined {
  for (const { resources } of promoters) {
    for (const config of resources) {
      if (config.name !== name) continue;
      // The first command of a shell is the promotion.
      const count = config.runner === "systemd" ? config.start.length : config.start.length - 1;
      return services.slice(0, count).map((service) => service.name);
    }
  }
  return undefined;
}
