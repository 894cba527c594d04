/** Services that run where a resource is Secondary, drawn. */
import * as v from "valibot";
import { PROMOTER_SCHEMA, type PromoterConfig } from "../../../../plugins/promoter/config.ts";
import type { ResourceInput } from "../../../../plugins/promoter/config/resource_table.ts";
import type { Random } from "../../model/random.ts";
import type { SecondarySpec, ServiceSpec } from "./spec.ts";

/** One or two services that use no device: nobody can open that of a Secondary. */
export function drawSecondary(random: Random, resource: string): SecondarySpec {
  const stem = resource.replaceAll(/[^a-z]/g, "");
  const services = Array.from({ length: random.between(1, 2) }, (_, place): ServiceSpec => {
    const stopMs = random.chance(0.2) ? random.between(3_000, 9_000) : random.between(20, 2_000);
    return {
      name: `${stem}-beside-${place}`,
      resource,
      when: "Secondary",
      volume: 0,
      kind: "address",
      startMs: random.chance(0.2) ? random.between(4_000, 12_000) : random.between(20, 2_000),
      stopMs,
      stopTimeoutMs: 1000 * (Math.ceil(stopMs / 1000) + random.between(2, 8)),
      writeEveryMs: 1_000,
      onIoError: "go on",
    };
  });
  const table: ResourceInput = {
    "when": "Secondary",
    "start": services.map(({ name }) => `${name}.service`),
    "dependencies-as": random.pick(["Requires", "Wants", "BindsTo"]),
    "target-as": random.pick(["Requires", "Wants", "BindsTo"]),
    "stop-services-on-exit": random.chance(0.3),
  };
  const { secondaries = [] } = v.parse(PROMOTER_SCHEMA.schema, {
    resources: { [resource]: table },
  }) as PromoterConfig;
  const [config] = secondaries;
  if (config === undefined) throw new Error(`The table of ${resource} means nothing`);
  return { services, config };
}
