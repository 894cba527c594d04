import assert from "node:assert/strict";
import type { QuorumRule } from "../config.ts";
import { decideQuorum, NO_VOTERS, type Voters } from "./quorum.ts";

interface Row {
  readonly name: string;
  readonly rule?: QuorumRule;
  readonly voters: Partial<Voters>;
  /** Default yes. */
  readonly before?: boolean;
  readonly quorum: boolean;
}

const ROWS: readonly Row[] = [
  { name: "all of three", voters: { upToDate: 3 }, quorum: true },
  { name: "two of three", voters: { upToDate: 2, unknown: 1 }, quorum: true },
  { name: "two of three, one not UpToDate", voters: { upToDate: 1, present: 1, unknown: 1 }, quorum: true },
  { name: "two of three, both not UpToDate", voters: { present: 2, unknown: 1 }, quorum: true },
  { name: "one of three", voters: { upToDate: 1, unknown: 2 }, quorum: false },
  { name: "one of three, the others Outdated", voters: { upToDate: 1, outdated: 2 }, quorum: true },
  {
    name: "one of three, one other Outdated",
    voters: { upToDate: 1, outdated: 1, unknown: 1 },
    quorum: false,
  },
  {
    name: "one of three, one lost before the other",
    voters: { upToDate: 1, quorumless: 1, unknown: 1 },
    quorum: false,
  },
  { name: "two of three, the third lost long ago", voters: { upToDate: 2, quorumless: 1 }, quorum: true },
  { name: "one of two", voters: { upToDate: 1, unknown: 1 }, quorum: false },
  { name: "one of two, the other Outdated", voters: { upToDate: 1, outdated: 1 }, quorum: true },
  { name: "one of two with a tiebreaker", voters: { upToDate: 1, unknown: 1, diskless: 1 }, quorum: true },
  {
    name: "one of two with a tiebreaker, but without quorum before",
    voters: { upToDate: 1, unknown: 1, diskless: 1 },
    before: false,
    quorum: false,
  },
  {
    name: "one of two that lost its tiebreaker too",
    voters: { upToDate: 1, unknown: 1, missingDiskless: 1 },
    quorum: false,
  },
  {
    name: "one of two with one of two tiebreakers",
    voters: { upToDate: 1, unknown: 1, diskless: 1, missingDiskless: 1 },
    quorum: false,
  },
  { name: "two of four", voters: { upToDate: 2, unknown: 2 }, quorum: false },
  { name: "two of four with a tiebreaker", voters: { upToDate: 2, unknown: 2, diskless: 1 }, quorum: true },
  { name: "two of five with a tiebreaker", voters: { upToDate: 2, unknown: 3, diskless: 1 }, quorum: false },
  { name: "three of five", voters: { upToDate: 3, unknown: 2 }, quorum: true },
  {
    name: "two of five, two lost long ago",
    voters: { upToDate: 2, quorumless: 2, unknown: 1 },
    quorum: false,
  },
  { name: "nobody at all", voters: {}, quorum: false },
  {
    name: "diskless, its peer has quorum",
    voters: { diskless: 1, upToDate: 1, quoratePeers: 1 },
    quorum: true,
  },
  {
    name: "diskless, its peer has none and never had",
    voters: { diskless: 1, upToDate: 1, unknown: 1 },
    before: false,
    quorum: false,
  },
  { name: "diskless, alone", voters: { diskless: 1, unknown: 2 }, quorum: false },
  { name: "rule all, one away", rule: "all", voters: { upToDate: 2, unknown: 1 }, quorum: false },
  {
    name: "rule all, one away and Outdated",
    rule: "all",
    voters: { upToDate: 2, outdated: 1 },
    quorum: true,
  },
  { name: "rule 1, alone", rule: 1, voters: { upToDate: 1, unknown: 2 }, quorum: true },
  { name: "rule 3, two of three", rule: 3, voters: { upToDate: 2, unknown: 1 }, quorum: false },
];

for (const { name, rule = "majority", voters, before = true, quorum } of ROWS) {
  Deno.test(`decideQuorum() says ${quorum ? "quorum" : "no quorum"} for ${name}`, () => {
    assert.equal(decideQuorum(rule, { ...NO_VOTERS, ...voters }, before).quorum, quorum);
  });
}

Deno.test("decideQuorum() returns how many are seen and needed", () => {
  assert.deepEqual(decideQuorum("majority", { ...NO_VOTERS, upToDate: 1, unknown: 2 }, true), {
    quorum: false,
    visible: 1,
    voters: 3,
    needed: 2,
  });
});
