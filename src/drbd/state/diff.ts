/**
 * The updates between two snapshots of the same node: for a new dump after drbdsetup was restarted, and for a subscriber that
 * starts with what exists.
 */
import type { Cluster } from "../model/cluster.ts";
import { CONNECTIONS, DEVICES, findChild, type Kind, PATHS, PEER_DEVICES } from "./kinds/kinds.ts";
import type { Resource } from "../model/model.ts";
import { resourceStatesDiffer, stateOf } from "./kinds/resource_state.ts";
import type { Unplaced, Update } from "../model/update.ts";

/**
 * The updates from `before` to `after`: destroyed resources first, then the others by name. Within a resource parents are
 * created before their children and destroyed after them, as drbdsetup does.
 */
export function diff(before: Cluster, after: Cluster): Update[] {
  const updates: Update[] = [];
  for (const old of before) {
    if (!after.has(old.name)) gone(old, updates);
  }
  for (const now of after) {
    const old = before.get(now.name);
    if (old === undefined) born(now, "create", updates);
    else if (old !== now) changed(old, now, updates);
  }
  return updates;
}

/** Everything as `exists` updates, which a new subscriber gets first. */
export function existsUpdates(cluster: Iterable<Resource>): Update[] {
  const updates: Update[] = [];
  for (const resource of cluster) born(resource, "exists", updates);
  return updates;
}

type Birth = "exists" | "create";

function born(now: Resource, type: Birth, updates: Update[]): void {
  updates.push({ kind: "resource", type, name: now.name, old: undefined, new: stateOf(now), resource: now });
  childrenBornOrChanged(undefined, now, type, updates);
}

function changed(old: Resource, now: Resource, updates: Update[]): void {
  if (resourceStatesDiffer(old, now)) {
    const states = { old: stateOf(old), new: stateOf(now) };
    updates.push({ kind: "resource", type: "change", name: now.name, ...states, resource: now });
  }
  childrenBornOrChanged(old, now, "create", updates);
  childrenGone(old, now, updates);
}

function gone(old: Resource, updates: Update[]): void {
  childrenGone(old, undefined, updates);
  updates.push({
    kind: "resource",
    type: "destroy",
    name: old.name,
    old: stateOf(old),
    new: undefined,
    resource: old,
  });
}

function childrenBornOrChanged(
  old: Resource | undefined,
  now: Resource,
  type: Birth,
  updates: Update[],
): void {
  bornOrChanged(CONNECTIONS, old, now, type, updates);
  bornOrChanged(DEVICES, old, now, type, updates);
  bornOrChanged(PEER_DEVICES, old, now, type, updates);
  bornOrChanged(PATHS, old, now, type, updates);
}

function childrenGone(old: Resource, now: Resource | undefined, updates: Update[]): void {
  goneOf(PEER_DEVICES, old, now, updates);
  goneOf(PATHS, old, now, updates);
  goneOf(CONNECTIONS, old, now, updates);
  goneOf(DEVICES, old, now, updates);
}

function bornOrChanged<Key, State extends Key, Child extends State>(
  kind: Kind<Key, State, Child>,
  before: Resource | undefined,
  after: Resource,
  type: Birth,
  updates: Update[],
): void {
  for (const now of kind.of(after)) {
    const old = before && findChild(kind, before, now);
    if (old === undefined) {
      place(kind.update(type, after.name, undefined, kind.stateOf(now)), after, updates);
    } else if (kind.differ(old, now)) {
      place(kind.update("change", after.name, kind.stateOf(old), kind.stateOf(now)), after, updates);
    }
  }
}

function goneOf<Key, State extends Key, Child extends State>(
  kind: Kind<Key, State, Child>,
  before: Resource,
  after: Resource | undefined,
  updates: Update[],
): void {
  for (const old of kind.of(before)) {
    if (after !== undefined && findChild(kind, after, old) !== undefined) continue;
    place(kind.update("destroy", before.name, kind.stateOf(old), undefined), after ?? before, updates);
  }
}

function place(update: Unplaced, resource: Resource, updates: Update[]): void {
  updates.push({ ...update, resource });
}
