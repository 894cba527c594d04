/** The one list of what plugins take in the configuration, in the order in which they are started. */
import type { PluginSchema } from "../src/config/schema/plugin_schema.ts";
import { AGENTX_SCHEMA } from "./agentx/config.ts";
import { API_SCHEMA } from "./api/config.ts";
import { DEBUGGER_SCHEMA } from "./debugger/config.ts";
import { PROMETHEUS_SCHEMA } from "./prometheus/config.ts";
import { PROMOTER_SCHEMA } from "./promoter/config.ts";
import { UMH_SCHEMA } from "./umh/config.ts";

export const PLUGIN_SCHEMAS: readonly PluginSchema[] = [
  DEBUGGER_SCHEMA,
  PROMOTER_SCHEMA,
  UMH_SCHEMA,
  PROMETHEUS_SCHEMA,
  AGENTX_SCHEMA,
  API_SCHEMA,
];
