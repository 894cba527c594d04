import assert from "node:assert/strict";
import fc from "fast-check";
import { line } from "../../tests/support/events2_text.ts";
import { isExact, parsed } from "../../tests/support/parsing.ts";
import type { StateObject } from "./event.ts";
import { KEYS } from "./keys.ts";
import * as vocabulary from "./vocabulary.ts";

const OBJECTS: readonly StateObject[] = ["resource", "device", "connection", "peer-device", "path"];
const VERBS = ["exists", "create", "change"] as const;
const word = (words: readonly string[]) => fc.constantFrom(...words);
const commaList = (words: readonly string[]) =>
  fc.uniqueArray(word(words), { minLength: 1 }).map((list) => list.join(",")).chain((list) =>
    word(["no", list])
  );
const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const id = fc.nat({ max: 999_999_999 }).map(String);
const text = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => text.replaceAll(/[ \n]/g, ":"));
const yesNo = word(["yes", "no"]);
/** By key, what the exact patterns take. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  name: text,
  "conn-name": fc.oneof(text, fc.constant("")),
  local: text,
  peer: text,
  backing_dev: text,
  volume: id,
  minor: id,
  "peer-node-id": id,
  promotion_score: id,
  role: word(vocabulary.ROLES),
  suspended: commaList(vocabulary.SUSPEND_REASONS),
  "force-io-failures": yesNo,
  "write-ordering": word(vocabulary.WRITE_ORDERINGS),
  may_promote: yesNo,
  disk: word(vocabulary.DISK_STATES),
  client: word(vocabulary.TRISTATES),
  open: word(vocabulary.TRISTATES),
  quorum: yesNo,
  "al-suspended": yesNo,
  blocked: commaList(vocabulary.BLOCKED_LAYERS),
  connection: word(vocabulary.CONNECTION_STATES),
  congested: yesNo,
  replication: word(vocabulary.REPLICATION_STATES),
  "peer-disk": word(vocabulary.DISK_STATES),
  "peer-client": word(vocabulary.TRISTATES),
  "resync-suspended": commaList(vocabulary.RESYNC_SUSPEND_REASONS),
  established: yesNo,
  done: fc.nat({ max: 10_000 }).map((hundredths) => (hundredths / 100).toFixed(2)),
  ...Object.fromEntries(
    ["size", "read", "written", "al-writes", "bm-writes", "upper-pending", "lower-pending", "ap-in-flight"]
      .concat(["rs-in-flight", "received", "sent", "out-of-sync", "pending", "unacked"])
      .map((key) => [key, count]),
  ),
};

const MAY_BE_ABSENT = ["write-ordering", "blocked", "done"];

const exactLine = fc.constantFrom(...OBJECTS).chain((object) => {
  const values = Object.fromEntries(Object.entries(VALUES).filter(([key]) => KEYS[object].has(key)));
  const requiredKeys = Object.keys(values).filter((key) => !MAY_BE_ABSENT.includes(key));
  return fc.tuple(fc.constantFrom(...VERBS), fc.record(values, { requiredKeys }))
    .map(([verb, values]) => line(verb, object, values));
});

Deno.test("the patterns make of every exact line what the tolerant way makes of it", () => {
  fc.assert(fc.property(exactLine, (text) => {
    assert.ok(isExact(text), text);
    assert.deepEqual(parsed(text).curiosities, []);
  }));
});

Deno.test("the patterns and the tolerant way make the same of a line with one letter changed", () => {
  const damaged = fc.tuple(
    exactLine,
    fc.nat(),
    fc.constantFrom("", " ", ":", "0", "no", "\0", "\uFFFD", "x"),
  );
  fc.assert(
    fc.property(damaged, ([text, place, letter]) => {
      const at = place % text.length;
      parsed(text.slice(0, at) + letter + text.slice(at + 1));
    }),
    { numRuns: 2000 },
  );
});
