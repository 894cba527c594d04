import assert from "node:assert/strict";
import { FailedStops } from "./failed_stops.ts";
import type { Report } from "./report/report.ts";
import type { Services } from "./services.ts";

Deno.test("FailedStops reports at a falling rate, and from the beginning after a stop that succeeded", async () => {
  const said: string[] = [];
  const report = { failure: (_resource: string, text: string) => said.push(text) } as unknown as Report;
  const stops = new FailedStops("db", {} as Services, report);
  for (let times = 1; times <= 5; times++) stops.failed("busy");
  stops.succeeded();
  stops.failed("busy again");
  await Promise.resolve();
  assert.deepEqual(said, [
    "stop failed: busy; trying again",
    "stop failed: 2 times in a row: busy; trying again",
    "stop failed: 4 times in a row: busy; trying again",
    "stop failed: busy again; trying again",
  ]);
});
