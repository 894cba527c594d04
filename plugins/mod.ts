/** The plugins, in the order of their schemas. Each is loaded when it is first configured. */
import type { Plugin, PluginEntry } from "../src/runtime/plugin.ts";

/** A plugin's configuration comes from its schema, so each gets what it expects. */
const any = <Config>(plugin: Plugin<Config>) => plugin as Plugin<unknown>;

export const PLUGINS: readonly PluginEntry[] = [
  { name: "debugger", load: async () => any((await import("./debugger/mod.ts")).debuggerPlugin) },
  { name: "promoter", load: async () => any((await import("./promoter/mod.ts")).promoter) },
  { name: "prometheus", load: async () => any((await import("./prometheus/mod.ts")).prometheusPlugin) },
  { name: "agentx", load: async () => any((await import("./agentx/mod.ts")).agentxPlugin) },
  { name: "api", load: async () => any((await import("./api/mod.ts")).apiPlugin) },
  { name: "umh", load: async () => any((await import("./umh/mod.ts")).umh) },
];
