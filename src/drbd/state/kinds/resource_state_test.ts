import assert from "node:assert/strict";
import type { Resource, ResourceState } from "../../model/model.ts";
import { nextResourceState, resourceStatesDiffer, stateOf } from "./resource_state.ts";

const FULL = "role:Primary suspended:user force-io-failures:no write-ordering:flush may_promote:no " +
  "promotion_score:10102";
const STATE: ResourceState = {
  role: "Primary",
  suspended: ["user"],
  forceIoFailures: false,
  writeOrdering: "flush",
  mayPromote: false,
  promotionScore: 10102,
};

Deno.test("nextResourceState() reads a whole state", () => {
  assert.deepEqual(nextResourceState(FULL, undefined), STATE);
});

Deno.test("nextResourceState() of a new resource takes the safe value of what is not said", () => {
  assert.deepEqual(nextResourceState("", undefined), {
    role: "Unknown",
    suspended: [],
    forceIoFailures: false,
    writeOrdering: undefined,
    mayPromote: false,
    promotionScore: 0,
  });
});

Deno.test("nextResourceState() keeps absent fields, except for a write ordering that the kernel does not report", () => {
  assert.deepEqual(nextResourceState("role:Secondary", STATE), {
    ...STATE,
    role: "Secondary",
    writeOrdering: undefined,
  });
});

Deno.test("nextResourceState() keeps what was known where a value makes no sense", () => {
  const text =
    "role:Primary suspended:user force-io-failures:? write-ordering:flush may_promote:? promotion_score:?";
  assert.deepEqual(nextResourceState(text, STATE), STATE);
});

const CHANGES: { change: Partial<ResourceState>; differ: boolean }[] = [
  { change: {}, differ: false },
  { change: { suspended: ["user"] }, differ: false },
  { change: { writeOrdering: "drain" }, differ: false },
  { change: { role: "Secondary" }, differ: true },
  { change: { suspended: [] }, differ: true },
  { change: { suspended: ["user", "quorum"] }, differ: true },
  { change: { forceIoFailures: true }, differ: true },
  { change: { mayPromote: true }, differ: true },
  { change: { promotionScore: 0 }, differ: true },
];

for (const { change, differ } of CHANGES) {
  Deno.test(`resourceStatesDiffer() is ${differ} for a change of ${JSON.stringify(change)}`, () => {
    assert.equal(resourceStatesDiffer(STATE, { ...STATE, ...change }), differ);
  });
}

Deno.test("stateOf() leaves out name and children", () => {
  const resource: Resource = {
    ...STATE,
    name: "web",
    devices: [],
    connections: [],
    peerDevices: [],
    paths: [],
  };
  assert.deepEqual(stateOf(resource), STATE);
});
