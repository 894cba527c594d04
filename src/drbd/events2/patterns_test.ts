import assert from "node:assert/strict";
import fc from "fast-check";
import { valuesFor } from "../../../tests/support/second_reading/arbitrary_values.ts";
import { line } from "../../../tests/support/core/events2_text.ts";
import { isExact, parsed } from "../../../tests/support/core/parsing.ts";
import type { StateObject } from "./event.ts";

const OBJECTS: readonly StateObject[] = ["resource", "device", "connection", "peer-device", "path"];
const VERBS = ["exists", "create", "change"] as const;

const exactLine = fc.constantFrom(...OBJECTS).chain((object) =>
  fc.tuple(fc.constantFrom(...VERBS), valuesFor(object, "all"))
    .map(([verb, values]) => line(verb, object, values))
);

Deno.test("the patterns make of every exact line what the tolerant way makes of it", () => {
  fc.assert(
    fc.property(exactLine, (text) => {
      assert.ok(isExact(text), text);
      assert.deepEqual(parsed(text).unknownParts, []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("the patterns and the tolerant way make the same of a line with one letter changed", () => {
  const letter = fc.constantFrom("", " ", ":", "0", "no", "\0", "\uFFFD", "x");
  fc.assert(
    fc.property(exactLine, fc.nat(), letter, (text, place, letter) => {
      const at = place % text.length;
      parsed(text.slice(0, at) + letter + text.slice(at + 1));
    }),
    { numRuns: 2000 },
  );
});
