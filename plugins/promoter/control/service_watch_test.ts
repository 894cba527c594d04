import assert from "node:assert/strict";
import { resourceConfig } from "../config/resource_config.ts";
import { RESOURCE_TABLE } from "../config/resource_table.ts";
import type { Report } from "./report/report.ts";
import type { ServiceListener, Services } from "./services.ts";
import { ServiceWatch } from "./service_watch.ts";
import * as v from "valibot";

for (
  const { name, isIncomplete, failed } of [
    { name: "counts as failed", isIncomplete: false, failed: ["b.service"] },
    { name: "has not failed while its start is still ahead", isIncomplete: true, failed: [] },
  ]
) {
  Deno.test(`ServiceWatch: a unit that was not started ${name}`, () => {
    const reported: string[] = [];
    let listener: ServiceListener | undefined;
    const services = { watch: (each: ServiceListener) => listener = each } as unknown as Services;
    const report = {
      health: { observed: () => {} },
      missing: () => {},
      orphans: () => {},
    } as unknown as Report;
    const table = { start: ["a.service", "b.service"], "on-service-failure": "fail-over" };
    const config = resourceConfig("web", v.parse(RESOURCE_TABLE, table));
    const watch = new ServiceWatch(config, services, report, (unit) => reported.push(unit), () => {});
    watch.follow({ phase: "started", isIncomplete });
    listener?.missing([{ unit: "b.service", why: "it was not started" }]);
    assert.deepEqual(reported, failed);
    listener?.failed("a.service");
    assert.deepEqual(reported, [...failed, "a.service"]);
  });
}
