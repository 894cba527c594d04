/** Whose data win when two disks meet. */
import type { Disk } from "../kernel/disk.ts";
import { relate } from "../kernel/generation.ts";
import { type DiskState, isAtLeast } from "../kernel/states.ts";

/** One side of a meeting. */
export interface Side {
  readonly nodeId: number;
  /** Undefined if the node has no disk there. */
  readonly disk: Disk | undefined;
  readonly state: DiskState;
  /** It was Primary when it went down without a farewell. */
  readonly crashed: boolean;
  /** It is Primary, or connected to one. */
  readonly withPrimary: boolean;
}

/** What this side is to do. `none` is no resync. */
export type Outcome = "none" | "source" | "target" | "split-brain";

export interface HandshakeResult {
  readonly outcome: Outcome;
  /** How much is to be resynchronised. */
  readonly kib: number;
}

const NONE: HandshakeResult = { outcome: "none", kib: 0 };

/** The result for `mine`; that for the other side is the mirror image. */
export function handshake(mine: Side, theirs: Side): HandshakeResult {
  if (mine.disk === undefined || theirs.disk === undefined) return NONE;
  if (!isAtLeast(mine.state, "Negotiating") || !isAtLeast(theirs.state, "Negotiating")) return NONE;
  const relation = relate(mine.disk.generation, theirs.disk.generation);
  if (relation === "unrelated") return { outcome: "split-brain", kib: 0 };
  const isFull = mine.disk.generation === undefined || theirs.disk.generation === undefined;
  const outcome = byCompleteness(mine, theirs) ??
    (relation === "newer" ? "source" : relation === "older" ? "target" : byCrash(mine, theirs));
  if (outcome === "none") return NONE;
  const differs = Math.max(
    mine.disk.differsFrom(theirs.nodeId),
    theirs.disk.differsFrom(mine.nodeId),
    mine.crashed ? mine.disk.activeKib : 0,
    theirs.crashed ? theirs.disk.activeKib : 0,
  );
  return { outcome, kib: isFull ? mine.disk.sizeKib : differs };
}

/** Two disks with the same data have met: nothing differs, whatever was noted. */
export function markEqual(
  mine: Disk | undefined,
  theirs: Disk | undefined,
  nodeId: number,
  theirNodeId: number,
): void {
  if (mine === undefined || theirs === undefined || mine.generation !== theirs.generation) return;
  mine.setOutOfSync(theirNodeId, 0);
  theirs.setOutOfSync(nodeId, 0);
}

/** A disk of which half is from one moment and half from another needs the whole of somebody else's. */
function byCompleteness(mine: Side, theirs: Side): Outcome | undefined {
  const isWhole = (side: Side) => isAtLeast(side.state, "Outdated");
  if (isWhole(mine) === isWhole(theirs)) return undefined;
  return isWhole(mine) ? "source" : "target";
}

/**
 * The same generation. Writes that a crashed Primary had under way may be on one disk and not on the other, so what
 * was active is brought in line: with the better disk, and if they are alike with the crashed node's, unless it had
 * lost quorum, or somebody has taken over.
 */
function byCrash(mine: Side, theirs: Side): Outcome {
  if (mine.crashed === theirs.crashed) return "none";
  if (mine.state !== theirs.state) return isAtLeast(mine.state, theirs.state) ? "source" : "target";
  const [crashed, whole] = mine.crashed ? [mine, theirs] : [theirs, mine];
  const isOverruled = crashed.disk?.lostQuorum === true || whole.withPrimary;
  return (crashed === mine) === isOverruled ? "target" : "source";
}
