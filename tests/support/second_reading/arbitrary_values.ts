/** Random values for the keys of events2: what a current drbdsetup can print. */
import fc from "fast-check";
import type { StateObject } from "../../../src/drbd/events2/event.ts";
import { KEYS } from "../../../src/drbd/events2/keys.ts";
import * as vocabulary from "../../../src/drbd/model/vocabulary.ts";
import type { Values } from "../core/events2_text.ts";

type Arbitrary = fc.Arbitrary<string>;

const word = (words: readonly string[]): Arbitrary => fc.constantFrom(...words);
const commaList = (words: readonly string[]): Arbitrary =>
  fc.subarray([...words]).map((reasons) => reasons.join(",") || "no");
/** Below what is printed for counters that the kernel did not send. */
const count: Arbitrary = fc.bigInt({ min: 0n, max: 2n ** 63n - 2n }).map(String);
const pending: Arbitrary = fc.nat().map(String);
const id: Arbitrary = fc.nat({ max: 999_999_999 }).map(String);
const yesNo = word(["yes", "no"]);
const hundredths = (min: number, max: number): Arbitrary =>
  fc.integer({ min, max }).map((value) => (value / 100).toFixed(2));

/** Any text without blanks. */
export const text: Arbitrary = fc.string({ unit: "grapheme", minLength: 1 })
  .map((text) => text.replaceAll(/[ \n\uFFFD]/g, ":"));

/** By key; the pairs of a resync's progress are apart. */
const VALUES: Readonly<Record<string, Arbitrary>> = {
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
  size: count,
  read: count,
  written: count,
  "al-writes": count,
  "bm-writes": count,
  "upper-pending": pending,
  "lower-pending": pending,
  "al-suspended": yesNo,
  blocked: commaList(vocabulary.BLOCKED_LAYERS),
  connection: word(vocabulary.CONNECTION_STATES),
  congested: yesNo,
  "ap-in-flight": count,
  "rs-in-flight": count,
  replication: word(vocabulary.REPLICATION_STATES),
  "peer-disk": word(vocabulary.DISK_STATES),
  "peer-client": word(vocabulary.TRISTATES),
  "resync-suspended": commaList(vocabulary.RESYNC_SUSPEND_REASONS),
  received: count,
  sent: count,
  "out-of-sync": count,
  pending,
  unacked: pending,
  established: yesNo,
};

const PROGRESS: fc.Arbitrary<Values> = fc.record({
  done: hundredths(0, 10_000),
  dbdt1: hundredths(-10_000, 100_000),
  eta: fc.oneof(fc.nat().map(String), fc.constant("nan")),
});

/** Keys that drbdsetup leaves out at times. */
const MAY_BE_ABSENT = ["write-ordering", "blocked"];

/** Values for some or all keys of an object. Keys that are not there have the values of a healthy node. */
export function valuesFor(object: StateObject, which: "all" | "state"): fc.Arbitrary<Values> {
  const values = Object.fromEntries(
    Object.entries(VALUES).filter(([key]) => {
      const use = KEYS[object].get(key);
      return use !== undefined && (which === "all" || use.part !== "identity");
    }),
  );
  const requiredKeys = which === "all"
    ? Object.keys(values).filter((key) => !MAY_BE_ABSENT.includes(key))
    : [];
  const pairs: fc.Arbitrary<Values> = fc.record(values, { requiredKeys });
  if (object !== "peer-device") return pairs;
  return fc.tuple(pairs, fc.option(PROGRESS, { nil: {} })).map(([some, progress]) => ({
    ...some,
    ...progress,
  }));
}
