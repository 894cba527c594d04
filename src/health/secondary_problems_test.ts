import assert from "node:assert/strict";
import { modelResource } from "../../tests/support/core/resource_json.ts";
import type { ObservedUnit } from "./observed.ts";
import { type ObservedSecondary, secondaryPlace, secondaryProblems } from "./secondary_problems.ts";

function unit(name: string, activeState: string, loadState = "loaded"): ObservedUnit {
  return { name, activeState, loadState, freezerState: "running", isHeldBack: false };
}

const TARGET = "drbd-services-secondary@web.target";

function observed(
  target: string,
  more: Partial<ObservedSecondary> = {},
): ObservedSecondary {
  return {
    name: "web",
    resource: modelResource({ name: "web", role: "Secondary" }),
    target: unit(TARGET, target),
    units: [unit("backup.timer", target)],
    ...more,
  };
}

const PRIMARY = modelResource({ name: "web", role: "Primary" });

const CASES: readonly (readonly [string, ObservedSecondary, place: string, problems: readonly string[]])[] = [
  ["services that run", observed("active"), "runs here", []],
  ["services that are started", observed("activating"), "starts here", []],
  [
    "services of a Primary",
    observed("inactive", { resource: PRIMARY }),
    "not here: the resource is Primary here",
    [],
  ],
  [
    "services of what is not up",
    observed("inactive", { resource: undefined }),
    "not here: the resource is not up",
    [],
  ],
  ["services that wait", observed("inactive"), "not here", []],
  ["services beside a Primary", observed("active", { resource: PRIMARY }), "runs here", [
    `${TARGET} is active, but the resource is Primary here`,
  ]],
  ["a service that failed", observed("active", { units: [unit("a.service", "failed")] }), "runs here", [
    "a.service failed",
  ]],
  [
    "a target that is not installed",
    observed("inactive", { target: unit(TARGET, "inactive", "not-found") }),
    "not here",
    [
      `${TARGET} does not exist`,
    ],
  ],
  [
    "a target that is masked",
    observed("inactive", { target: unit(TARGET, "inactive", "masked") }),
    "not here",
    [
      `${TARGET} is masked: it does not start here`,
    ],
  ],
];

for (const [name, secondary, place, problems] of CASES) {
  Deno.test(`secondaryProblems() and secondaryPlace() of ${name}`, () => {
    assert.equal(secondaryPlace(secondary), place);
    assert.deepEqual(secondaryProblems(secondary).map(({ what }) => what), problems);
    assert.ok(secondaryProblems(secondary).every(({ severity }) => severity === "degraded"));
  });
}
