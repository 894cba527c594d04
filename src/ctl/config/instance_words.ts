/** Plugin instances in few words, for lists. */
import type { AgentxConfig } from "../../../plugins/agentx/config.ts";
import type { ApiConfig } from "../../../plugins/api/config.ts";
import type { PrometheusConfig } from "../../../plugins/prometheus/config.ts";
import type { PromoterConfig, ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { StartEntry } from "../../../plugins/promoter/config/start_entry.ts";
import type { UmhConfig } from "../../../plugins/umh/config.ts";
import { formatAddress } from "../../config/schema/address.ts";
import type { PluginInstance } from "../../config/collect.ts";

/** The schema guarantees the type. */
export function promoterConfigs(instances: readonly PluginInstance[]): PromoterConfig[] {
  return instances.filter(({ plugin }) => plugin === "promoter").map(({ config }) =>
    config as PromoterConfig
  );
}

/** An entry of the start list, for display. */
export function startWords(config: ResourceConfig): string[] {
  return config.runner === "shell" ? [...config.start] : config.start.map(entryWords);
}

function entryWords(entry: StartEntry): string {
  return entry.kind === "ocf" ? `ocf:${entry.vendor}:${entry.agent} ${entry.id}` : entry.unit;
}

function promoterWords({ resources, secondaries = [] }: PromoterConfig): string[] {
  const words = (name: string, entries: readonly string[]) =>
    `${name}: ${entries.join(", ") || "nothing to start"}`;
  return [
    ...resources.map((each) => words(each.name, startWords(each))),
    ...secondaries.map(({ name, start }) => words(`${name} (when Secondary)`, start.map(entryWords))),
  ];
}

/** One line for each resource, rule or address of the instance: at least one. */
export function instanceWords({ plugin, config }: PluginInstance): string[] {
  switch (plugin) {
    case "promoter":
      return promoterWords(config as PromoterConfig);
    case "prometheus":
      return [formatAddress((config as PrometheusConfig).address)];
    case "agentx":
      return [formatAddress((config as AgentxConfig).address)];
    case "api":
      return [formatAddress((config as ApiConfig).address)];
    case "umh": {
      const count = (config as UmhConfig).rules.length;
      return [count === 1 ? "1 rule" : `${count} rules`];
    }
    default:
      return [""];
  }
}
