/** Configuration of the promoter: what runs where a DRBD resource is Primary. */
import * as v from "valibot";
import { pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { DEPRECATED_ID } from "../../src/config/schema/values.ts";
import { claims, remarks } from "./config/config_checks.ts";
import { type PromoterConfig, promoterConfig } from "./config/resource_config.ts";
import { RESOURCES } from "./config/resource_table.ts";

export type {
  PromoterConfig,
  ResourceConfig,
  ShellResourceConfig,
  SystemdResourceConfig,
} from "./config/resource_config.ts";

export const PROMOTER_SCHEMA = pluginSchema({
  name: "promoter",
  schema: v.pipe(
    v.object({
      id: DEPRECATED_ID,
      resources: v.optional(
        v.pipe(RESOURCES, v.description("One table for each DRBD resource, by its name.")),
        {},
      ),
    }),
    v.description(
      "Runs services where a DRBD resource is Primary, on one node of the cluster at a time, or where it is Secondary.",
    ),
    v.transform(({ resources }): PromoterConfig => promoterConfig(resources)),
  ),
  remarks,
  claims,
});
