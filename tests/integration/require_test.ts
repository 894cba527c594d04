import assert from "node:assert/strict";
import { type Machine, PACKAGES, requires } from "./require.ts";

const BARE: Machine = { skipMissing: false, has: () => false };
const FULL: Machine = { skipMissing: false, has: () => true };
const LENIENT: Machine = { skipMissing: true, has: (need) => need === "root" };

const definition = { name: "walks the tree", fn: () => {} } satisfies Deno.TestDefinition;

Deno.test("requires() leaves a test alone when all is there", () => {
  assert.equal(requires(["root", "snmpd"], definition, FULL), definition);
});

Deno.test("requires() makes the test fail and names what is missing and the package that has it", (context) => {
  const test = requires(["root", "snmpwalk"], definition, BARE);
  assert.equal(test.ignore, undefined);
  assert.throws(() => test.fn(context), /the rights of root; snmpwalk \(apt-get install snmp\)/);
});

Deno.test("requires() has the test ignored, and says so, where a developer allows that", () => {
  const test = requires(["root", "promtool"], definition, LENIENT);
  assert.equal(test.ignore, true);
  assert.equal(test.name, "walks the tree (IGNORED: needs promtool (apt-get install prometheus))");
});

Deno.test("requires() does not ignore a test that has all it needs", () => {
  assert.equal(requires(["root"], definition, LENIENT), definition);
});

Deno.test("requires() looks at this machine by itself", () => {
  assert.equal(requires(["tar"], definition), definition);
});

Deno.test("apt-packages.txt lists what the tests need, sorted", async () => {
  const listed = await Deno.readTextFile(new URL("apt-packages.txt", import.meta.url));
  const needed = [...new Set(Object.values(PACKAGES))].sort();
  assert.deepEqual(listed.trimEnd().split("\n"), needed);
});
