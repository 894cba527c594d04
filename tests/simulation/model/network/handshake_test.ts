import assert from "node:assert/strict";
import { Disk } from "../kernel/disk.ts";
import { Generation } from "../kernel/generation.ts";
import { handshake, type Outcome, type Side } from "./handshake.ts";
import type { DiskState } from "../kernel/states.ts";

const SIZE_KIB = 1000;
const first = new Generation(undefined);
const second = new Generation(first);
const other = new Generation(first);

interface SideOptions {
  readonly generation?: Generation;
  readonly state?: DiskState;
  readonly crashed?: boolean;
  readonly lostQuorum?: boolean;
  readonly withPrimary?: boolean;
  readonly diskless?: boolean;
  readonly activeKib?: number;
  /** KiB that it knows to differ from the other side. */
  readonly differs?: number;
}

function side(nodeId: number, options: SideOptions): Side {
  const disk = new Disk(SIZE_KIB);
  disk.generation = options.generation;
  disk.lostQuorum = options.lostQuorum === true;
  disk.activeKib = options.activeKib ?? 0;
  disk.setOutOfSync(1 - nodeId, options.differs ?? 0);
  return {
    nodeId,
    disk: options.diskless === true ? undefined : disk,
    state: options.state ?? (options.diskless === true ? "Diskless" : "UpToDate"),
    crashed: options.crashed === true,
    withPrimary: options.withPrimary === true,
  };
}

interface Row {
  readonly name: string;
  readonly mine: SideOptions;
  readonly theirs: SideOptions;
  readonly outcome: Outcome;
  readonly kib?: number;
}

const good: SideOptions = { generation: first };

const ROWS: readonly Row[] = [
  { name: "the same data", mine: good, theirs: good, outcome: "none" },
  {
    name: "two fresh disks",
    mine: { state: "Inconsistent" },
    theirs: { state: "Inconsistent" },
    outcome: "none",
  },
  {
    name: "a fresh disk on the other side",
    mine: good,
    theirs: { state: "Inconsistent" },
    outcome: "source",
    kib: SIZE_KIB,
  },
  {
    name: "newer data here, and what differs is known",
    mine: { generation: second, differs: 70 },
    theirs: good,
    outcome: "source",
    kib: 70,
  },
  {
    name: "newer data there, and only the other side knows what differs",
    mine: good,
    theirs: { generation: second, differs: 70 },
    outcome: "target",
    kib: 70,
  },
  {
    name: "data that went different ways",
    mine: { generation: second },
    theirs: { generation: other },
    outcome: "split-brain",
  },
  { name: "no disk here", mine: { diskless: true }, theirs: good, outcome: "none" },
  { name: "no disk there", mine: good, theirs: { diskless: true }, outcome: "none" },
  {
    name: "a half synced disk here",
    mine: { ...good, state: "Inconsistent", differs: 30 },
    theirs: good,
    outcome: "target",
    kib: 30,
  },
  {
    name: "a crashed Primary here",
    mine: { ...good, crashed: true, activeKib: 40 },
    theirs: good,
    outcome: "source",
    kib: 40,
  },
  {
    name: "a crashed Primary here that had lost quorum",
    mine: { ...good, crashed: true, lostQuorum: true, activeKib: 40 },
    theirs: good,
    outcome: "target",
    kib: 40,
  },
  {
    name: "a crashed Primary here, and a Primary there",
    mine: { ...good, crashed: true, activeKib: 40 },
    theirs: { ...good, withPrimary: true },
    outcome: "target",
    kib: 40,
  },
  {
    name: "a crashed Primary here that had lost quorum, and an Outdated disk there",
    mine: { ...good, crashed: true, lostQuorum: true, activeKib: 40 },
    theirs: { ...good, state: "Outdated" },
    outcome: "source",
    kib: 40,
  },
  {
    name: "crashed Primaries on both sides",
    mine: { ...good, crashed: true },
    theirs: { ...good, crashed: true },
    outcome: "none",
  },
];

const MIRRORED: Readonly<Record<Outcome, Outcome>> = {
  "none": "none",
  "source": "target",
  "target": "source",
  "split-brain": "split-brain",
};

for (const { name, mine, theirs, outcome, kib = 0 } of ROWS) {
  Deno.test(`handshake() of ${name} is ${outcome}, and the mirror image for the other side`, () => {
    assert.deepEqual(handshake(side(0, mine), side(1, theirs)), { outcome, kib });
    assert.deepEqual(handshake(side(1, theirs), side(0, mine)), { outcome: MIRRORED[outcome], kib });
  });
}
