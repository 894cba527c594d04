/**
 * Guesses groups of lines without times from the order in which drbdsetup prints a group: per resource its own
 * line, then those of connections, devices, peer-devices and paths, each object once; at last what was destroyed
 * (drbdsetup_events2.c). Where a line cannot follow the one before in this order, the next group begins.
 */

const RANKS: Readonly<Record<string, number>> = {
  "resource": 0,
  "connection": 1,
  "device": 2,
  "peer-device": 3,
  "path": 3,
};
const RANK_OF_DESTROY = 4;
const END_OF_DUMP = "exists -";

interface Read {
  readonly resource: string;
  readonly rank: number;
  /** The identity of the object. */
  readonly object: string;
}

/** A dump is one group. */
export function guessGroups(lines: readonly string[]): string[][] {
  const groups: string[][] = [];
  const seen = new Set<string>();
  let before: Read | undefined;
  let isDump = false;
  for (const line of lines) {
    const now = read(line);
    const follows = isDump ? line.startsWith("exists ") : before !== undefined && now !== undefined &&
      before.resource === now.resource && now.rank >= before.rank && !seen.has(now.object);
    if (!follows) {
      groups.push([]);
      seen.clear();
    }
    groups.at(-1)?.push(line);
    if (now !== undefined) seen.add(now.object);
    before = now;
    isDump = line.startsWith("exists ") && line !== END_OF_DUMP;
  }
  return groups;
}

/** Helpers and renames are groups of their own. */
function read(line: string): Read | undefined {
  const [verb, kind = "", ...pairs] = line.split(" ");
  const rank = verb === "destroy" ? RANK_OF_DESTROY : RANKS[kind];
  const resource = pairs[0];
  if (rank === undefined || resource === undefined) return undefined;
  const identity = pairs.filter((pair) => /^(name|peer-node-id|volume|local|peer):/.test(pair));
  return { resource, rank, object: `${verb === "destroy" ? "destroy " : ""}${kind} ${identity.join(" ")}` };
}
