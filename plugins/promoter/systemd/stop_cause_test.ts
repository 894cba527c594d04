import assert from "node:assert/strict";
import { stoppedFromOutside } from "./stop_cause.ts";

const unit = (ActiveState: string, more: Record<string, string> = {}) =>
  new Map(Object.entries({ LoadState: "loaded", ActiveState, Job: "", ...more }));

for (
  const { name, target, others, want } of [
    {
      name: "a target that is masked for good",
      target: unit("inactive", { LoadState: "masked", UnitFileState: "masked" }),
      others: [unit("deactivating"), unit("inactive")],
      want: { why: "t was masked and stopped (systemctl mask)", isEviction: false },
    },
    {
      name: "a target that is masked until the next boot",
      target: unit("inactive", { LoadState: "masked", UnitFileState: "masked-runtime" }),
      others: [unit("deactivating"), unit("inactive")],
      want: {
        why: "t was masked and stopped (drbddctl evict, or systemctl mask --runtime)",
        isEviction: true,
      },
    },
    {
      name: "a target that was stopped",
      target: unit("inactive"),
      others: [unit("deactivating"), unit("inactive")],
      want: { why: "t was stopped from outside (systemctl stop)", isEviction: false },
    },
    { name: "a demotion by DRBD", target: unit("active"), others: [unit("active"), unit("active")] },
    { name: "a unit that failed", target: unit("inactive"), others: [unit("inactive"), unit("failed")] },
    {
      name: "a unit that systemd restarts",
      target: unit("inactive"),
      others: [unit("inactive"), unit("activating")],
    },
    {
      name: "a target that is started again",
      target: unit("inactive", { Job: "7" }),
      others: [unit("inactive"), unit("inactive")],
    },
    { name: "a target that is not known", target: undefined, others: [] },
  ]
) {
  Deno.test(`stoppedFromOutside(): ${name}`, () => {
    assert.deepEqual(stoppedFromOutside("t", target, others), want);
  });
}
