import assert from "node:assert/strict";
import { modelResource } from "../../tests/support/core/resource_json.ts";
import { TROUBLES, troubleUnits } from "../../tests/support/trials/troubles.ts";
import { assess } from "./assess.ts";
import { observe } from "./observe.ts";
import type { Observed } from "./observed.ts";
import { worstOf } from "./problem.ts";
import { clampedPercent } from "./resync.ts";

const PROMOTER = { file: "web", isEnabled: true };
const observed = (more: Partial<Observed> = {}): Observed => ({
  name: "web",
  resource: observe(modelResource({ name: "web", role: "Primary" })),
  ...more,
});

for (const trouble of TROUBLES) {
  Deno.test(`assess() of ${trouble.name}: ${trouble.severity}`, () => {
    const { sample, splitBrainPeers, moduleVersion, severity, worst, also = [] } = trouble;
    const health = assess({
      name: "web",
      resource: observe(modelResource({ name: "web", ...sample })),
      splitBrainPeers,
      moduleVersion,
      promoter: { ...PROMOTER, ...trouble.start, units: troubleUnits(trouble) },
    });
    assert.equal(health.severity, severity);
    const [first] = health.problems;
    assert.equal(first?.id, worst?.[0]);
    if (worst !== undefined) assert.match(first?.what ?? "", worst[1]);
    const ids = new Set(health.problems.map(({ id }) => id));
    assert.deepEqual([...ids].sort(), [...(worst === undefined ? [] : [worst[0]]), ...also].sort());
    for (const { what, next } of health.problems) assert.ok(what !== "" && next !== "");
  });
}

const FAILED_START = {
  why: "a.service failed (journalctl -u a.service)",
  times: 2,
  units: ["a.service"],
  sinceMs: 7,
};

Deno.test("assess() of a start that failed says so before that nothing runs, and is no outage where a peer runs it", () => {
  const at = (sample: Parameters<typeof modelResource>[0]) =>
    assess({
      name: "web",
      resource: observe(modelResource(sample)),
      promoter: { ...PROMOTER, failedStart: FAILED_START },
    });
  const { severity, problems: [worst] } = at({ name: "web" });
  assert.equal(severity, "down");
  assert.equal(worst?.what, `its services failed to start here 2 times: ${FAILED_START.why}`);
  assert.equal(worst?.next, "systemctl status 'a.service'");
  assert.equal(worst?.sinceMs, 7);
  assert.equal(at({ name: "web", beta: { role: "Primary" } }).severity, "degraded");
  assert.equal(at({ name: "web", role: "Primary" }).severity, "ok");
});

Deno.test("assess() says what the first start waits for, also of a resource that is not up", () => {
  const { severity, problems } = assess({
    name: "web",
    resource: undefined,
    promoter: { ...PROMOTER, waitsFor: { what: "its backing device /dev/vg/web", sinceMs: 7 } },
  });
  assert.equal(severity, "down");
  assert.deepEqual(problems.map(({ id }) => id), ["start-waits", "not-up"]);
  assert.equal(problems[0]?.what, "not started here yet: waiting for its backing device /dev/vg/web");
});

const OTHERS: readonly (readonly [string, Observed, string])[] = [
  ["a module of DRBD 8.4", observed({ moduleVersion: "8.4.11" }), "unknown too-old-module"],
  ["a module of DRBD 9", observed({ moduleVersion: "9.2.12" }), "ok"],
  ["a state that is not known", observed({ unknown: "no drbdsetup" }), "unknown state-unknown"],
  ["a stale state", observed({ stale: "drbdsetup was killed" }), "unknown state-stale"],
  ["a resource that is not up", observed({ resource: undefined, promoter: PROMOTER }), "down not-up"],
  [
    "a Primary of a disabled promoter",
    observed({ promoter: { ...PROMOTER, isEnabled: false } }),
    "degraded disabled-but-primary",
  ],
  [
    "a resource of a disabled promoter that is not up",
    observed({ resource: undefined, promoter: { ...PROMOTER, isEnabled: false } }),
    "ok",
  ],
  [
    "no split-brain protection",
    observed({
      promoter: { ...PROMOTER, unprotected: { lack: "quorum is off", remedy: "quorum majority" } },
    }),
    "degraded no-split-brain-protection",
  ],
  [
    "a resource without a promoter that is Primary nowhere",
    observed({ resource: observe(modelResource({ name: "web" })) }),
    "ok",
  ],
  [
    "a client, which has no disk on purpose",
    observed({
      resource: observe(
        modelResource(
          { name: "web", disks: ["Diskless"] },
          (line) => line.replace("client:no", "client:yes"),
        ),
      ),
    }),
    "ok",
  ],
];

for (const [name, input, want] of OTHERS) {
  Deno.test(`assess() of ${name}: ${want}`, () => {
    const { severity, problems } = assess(input);
    assert.equal([severity, ...problems.map(({ id }) => id)].join(" "), want);
  });
}

Deno.test("assess() says which module was found", () => {
  const [problem] = assess(observed({ moduleVersion: "8.4.11" })).problems;
  assert.equal(problem?.what, "kernel module 8.4.11 found, DRBD 9 needed");
});

Deno.test("a percentage is between 0 and 100, or left out", () => {
  assert.deepEqual([-3, 0, 45.2, 104, NaN, Infinity, undefined].map(clampedPercent), [
    0,
    0,
    45.2,
    100,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("down is worse than unknown, and that than degraded", () => {
  assert.equal(worstOf(["ok", "degraded", "unknown", "down"]), "down");
  assert.equal(worstOf(["unknown", "degraded"]), "unknown");
  assert.equal(worstOf([]), "ok");
});
