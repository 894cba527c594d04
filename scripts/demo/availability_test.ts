import assert from "node:assert/strict";
import { Availability } from "./availability.ts";

/** What is seen of web at each of these looks, a second apart: where it runs, and where it could write. */
function seen(
  looks: readonly (readonly [runsOn: readonly string[], writesOn?: readonly string[]])[],
): string[] {
  const availability = new Availability();
  return looks.flatMap(([runsOn, writesOn = runsOn], place) =>
    availability.look("web", runsOn, writesOn, place * 1000).map(({ text }) => text)
  );
}

Deno.test("a service is up, down, and up again elsewhere after the time in between", () => {
  assert.deepEqual(seen([[[]], [["alpha"]], [["alpha"]], [[]], [[]], [["beta"]]]), [
    "web is up on alpha",
    "web is down",
    "web is up on beta; it was down for 2.0 s",
  ]);
});

Deno.test("a service that was never seen down was not down", () => {
  assert.deepEqual(seen([[["alpha"]], [["beta"]]]), ["web is up on alpha", "web is up on beta"]);
});

Deno.test("a service that could write on two nodes is an error, said once", () => {
  const availability = new Availability();
  const look = () => availability.look("web", ["alpha"], ["alpha", "beta"], 0);
  assert.deepEqual(look(), [{ severity: "error", text: "web writes on alpha and beta at the same time" }]);
  assert.deepEqual(look().map(({ severity }) => severity), ["info"]);
  assert.deepEqual([...availability.violations], ["web"]);
});

Deno.test("a service that is left on a node without I/O is no error", () => {
  const availability = new Availability();
  availability.look("web", ["beta"], ["beta"], 0);
  assert.deepEqual([...availability.violations], []);
});
