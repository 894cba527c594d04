/** The plugins, in the order of their schemas. Each is loaded when it is first configured. */
import type { Needs } from "../src/effects/permissions.ts";
import type { Plugin, PluginEntry } from "../src/daemon/plugins/plugin.ts";
import { agentxNeeds } from "./agentx/needs.ts";
import { apiNeeds } from "./api/needs.ts";
import { prometheusNeeds } from "./prometheus/needs.ts";
import { PROMOTER_ORDINARY, promoterNeeds } from "./promoter/needs.ts";
import type { PromoterConfig } from "./promoter/config/resource_config.ts";
import { umhNeeds } from "./umh/needs.ts";

/** A plugin's configuration comes from its schema, so each gets what it expects. */
const any = <Config>(plugin: Plugin<Config>) => plugin as Plugin<unknown>;
const resources = <Config>(resources: (config: Config) => readonly string[]) =>
  resources as (config: unknown) => readonly string[];
const needs = <Config>(needs: (config: Config) => Needs) => needs as (config: unknown) => Needs;

export const PLUGINS: readonly PluginEntry[] = [
  { name: "debugger", load: async () => any((await import("./debugger/mod.ts")).debuggerPlugin) },
  {
    name: "promoter",
    needs: needs(promoterNeeds),
    ordinaryNeeds: PROMOTER_ORDINARY,
    resources: resources(({ resources, secondaries = [] }: PromoterConfig) =>
      [...resources, ...secondaries].map(({ name }) => name)
    ),
    load: async () => any((await import("./promoter/mod.ts")).promoter),
  },
  {
    name: "prometheus",
    thread: "monitor",
    needs: needs(prometheusNeeds),
    load: async () => any((await import("./prometheus/mod.ts")).prometheusPlugin),
  },
  {
    name: "agentx",
    thread: "monitor",
    needs: needs(agentxNeeds),
    load: async () => any((await import("./agentx/mod.ts")).agentxPlugin),
  },
  {
    name: "api",
    thread: "monitor",
    needs: needs(apiNeeds),
    load: async () => any((await import("./api/mod.ts")).apiPlugin),
  },
  {
    name: "umh",
    needs: needs(umhNeeds),
    ordinaryNeeds: umhNeeds(),
    load: async () => any((await import("./umh/mod.ts")).umh),
  },
];
