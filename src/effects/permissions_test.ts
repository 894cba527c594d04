import assert from "node:assert/strict";
import * as fc from "fast-check";
import { GIVEN, isWithin, namesOf, placesFor, together } from "./permissions.ts";

const PLACES = ["/", "/etc", "/etc/drbdd.toml", "/etc/drbdd.d", "/tmp", "/var", "/var/log"];

const CASES: readonly { name: string; paths: string[]; kept: string[] }[] = [
  { name: "nothing keeps nothing", paths: [], kept: [] },
  { name: "a place itself", paths: ["/etc/drbdd.toml"], kept: ["/etc/drbdd.toml"] },
  { name: "the deepest place", paths: ["/etc/drbdd.d/web.toml"], kept: ["/etc/drbdd.d"] },
  { name: "a name that only begins alike is not inside", paths: ["/etc/drbdd.dir/a"], kept: ["/etc"] },
  { name: "a place holds those inside of it", paths: ["/etc/x", "/etc/drbdd.toml"], kept: ["/etc"] },
  { name: "several", paths: ["/tmp/a", "/var/log/b"], kept: ["/tmp", "/var/log"] },
  { name: "what is nowhere else needs everything", paths: ["/data/x", "/tmp/a"], kept: ["/"] },
];

for (const { name, paths, kept } of CASES) {
  Deno.test(`placesFor(): ${name}`, () => {
    assert.deepEqual(placesFor(PLACES, paths).kept, kept);
  });
}

/** Deno takes all around a place with it when the place is given back. */
function afterRevoking(places: readonly string[], given: readonly string[]): string[] {
  return given.reduce((left, one) => left.filter((place) => !isWithin(one, place)), [...places]);
}

Deno.test("placesFor() gives nothing back that would take something kept with it, and all else", () => {
  const path = fc.constantFrom(...GIVEN.read, "/data", "/etc/x", "/var/log/a.log", "/run/drbdd/api.sock");
  fc.assert(fc.property(fc.array(path, { maxLength: 6 }), (paths) => {
    const { kept, given } = placesFor(GIVEN.read, paths);
    const left = afterRevoking(GIVEN.read, given);
    for (const each of paths) assert.ok(left.some((place) => isWithin(each, place)), each);
    for (const place of left) assert.ok(kept.some((each) => isWithin(place, each)), place);
  }));
});

Deno.test("together() takes each need once", () => {
  const both = together([{ run: ["sh"], read: ["/a"] }, { run: ["sh", "drbdadm"], net: true }, {}]);
  assert.deepEqual(both, { run: ["sh", "drbdadm"], read: ["/a"], write: [], net: true });
});

Deno.test("a program is given by its name and by the places where distributions have it", () => {
  assert.deepEqual(namesOf("sh"), ["sh", "/bin/sh", "/usr/bin/sh"]);
});
