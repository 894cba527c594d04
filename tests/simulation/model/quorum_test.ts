import assert from "node:assert/strict";
import type { QuorumRule } from "./config.ts";
import { type Census, judge, NOBODY } from "./quorum.ts";

interface Row {
  readonly name: string;
  readonly rule?: QuorumRule;
  readonly census: Partial<Census>;
  /** Default yes. */
  readonly before?: boolean;
  readonly quorum: boolean;
}

const ROWS: readonly Row[] = [
  { name: "all of three", census: { upToDate: 3 }, quorum: true },
  { name: "two of three", census: { upToDate: 2, unknown: 1 }, quorum: true },
  { name: "two of three, one not UpToDate", census: { upToDate: 1, present: 1, unknown: 1 }, quorum: true },
  { name: "two of three, both not UpToDate", census: { present: 2, unknown: 1 }, quorum: true },
  { name: "one of three", census: { upToDate: 1, unknown: 2 }, quorum: false },
  { name: "one of three, the others Outdated", census: { upToDate: 1, outdated: 2 }, quorum: true },
  {
    name: "one of three, one other Outdated",
    census: { upToDate: 1, outdated: 1, unknown: 1 },
    quorum: false,
  },
  {
    name: "one of three, one lost before the other",
    census: { upToDate: 1, quorumless: 1, unknown: 1 },
    quorum: false,
  },
  { name: "two of three, the third lost long ago", census: { upToDate: 2, quorumless: 1 }, quorum: true },
  { name: "one of two", census: { upToDate: 1, unknown: 1 }, quorum: false },
  { name: "one of two, the other Outdated", census: { upToDate: 1, outdated: 1 }, quorum: true },
  { name: "one of two with a tiebreaker", census: { upToDate: 1, unknown: 1, diskless: 1 }, quorum: true },
  {
    name: "one of two with a tiebreaker, but without quorum before",
    census: { upToDate: 1, unknown: 1, diskless: 1 },
    before: false,
    quorum: false,
  },
  {
    name: "one of two that lost its tiebreaker too",
    census: { upToDate: 1, unknown: 1, missingDiskless: 1 },
    quorum: false,
  },
  {
    name: "one of two with one of two tiebreakers",
    census: { upToDate: 1, unknown: 1, diskless: 1, missingDiskless: 1 },
    quorum: false,
  },
  { name: "two of four", census: { upToDate: 2, unknown: 2 }, quorum: false },
  { name: "two of four with a tiebreaker", census: { upToDate: 2, unknown: 2, diskless: 1 }, quorum: true },
  { name: "two of five with a tiebreaker", census: { upToDate: 2, unknown: 3, diskless: 1 }, quorum: false },
  { name: "three of five", census: { upToDate: 3, unknown: 2 }, quorum: true },
  {
    name: "two of five, two lost long ago",
    census: { upToDate: 2, quorumless: 2, unknown: 1 },
    quorum: false,
  },
  { name: "nobody at all", census: {}, quorum: false },
  {
    name: "diskless, its peer has quorum",
    census: { diskless: 1, upToDate: 1, quoratePeers: 1 },
    quorum: true,
  },
  {
    name: "diskless, its peer has none and never had",
    census: { diskless: 1, upToDate: 1, unknown: 1 },
    before: false,
    quorum: false,
  },
  { name: "diskless, alone", census: { diskless: 1, unknown: 2 }, quorum: false },
  { name: "rule all, one away", rule: "all", census: { upToDate: 2, unknown: 1 }, quorum: false },
  {
    name: "rule all, one away and Outdated",
    rule: "all",
    census: { upToDate: 2, outdated: 1 },
    quorum: true,
  },
  { name: "rule 1, alone", rule: 1, census: { upToDate: 1, unknown: 2 }, quorum: true },
  { name: "rule 3, two of three", rule: 3, census: { upToDate: 2, unknown: 1 }, quorum: false },
];

for (const { name, rule = "majority", census, before = true, quorum } of ROWS) {
  Deno.test(`judge() says ${quorum ? "quorum" : "no quorum"} for ${name}`, () => {
    assert.equal(judge(rule, { ...NOBODY, ...census }, before).quorum, quorum);
  });
}

Deno.test("judge() returns how many are seen and needed", () => {
  assert.deepEqual(judge("majority", { ...NOBODY, upToDate: 1, unknown: 2 }, true), {
    quorum: false,
    visible: 1,
    voters: 3,
    needed: 2,
  });
});
