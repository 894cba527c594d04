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
    if (!after.has(old.name)) destroyed(old, updates);
  }
  for (const now of after) {
    const old = before.get(now.name);
    if (old === undefined) created(now, "create", updates);
    else if (old !== now) changed(old, now, updates);
  }
  return updates;
}

/** Everything as `exists` updates, which a new subscriber gets first. */
export function existsUpdates(cluster: Iterable<Resource>): Update[] {
  const updates: Update[] = [];
  for (const resource of cluster) created(resource, "exists", updates);
  return updates;
}

type CreationType = "exists" | "create";

function created(now: Resource, type: CreationType, updates: Update[]): void {
  updates.push({ kind: "resource", type, name: now.name, old: undefined, new: stateOf(now), resource: now });
  childrenCreatedOrChanged(undefined, now, type, updates);
}

function changed(old: Resource, now: Resource, updates: Update[]): void {
  if (resourceStatesDiffer(old, now)) {
    const states = { old: stateOf(old), new: stateOf(now) };
    updates.push({ kind: "resource", type: "change", name: now.name, ...states, resource: now });
  }
  childrenCreatedOrChanged(old, now, "create", updates);
  childrenDestroyed(old, now, updates);
}

function destroyed(old: Resource, updates: Update[]): void {
  childrenDestroyed(old, undefined, updates);
  updates.push({
    kind: "resource",
    type: "destroy",
    name: old.name,
    old: stateOf(old),
    new: undefined,
    resource: old,
  });
}

function childrenCreatedOrChanged(
  old: Resource | undefined,
  now: Resource,
  type: CreationType,
  updates: Update[],
): void {
  createdOrChanged(CONNECTIONS, old, now, type, updates);
  createdOrChanged(DEVICES, old, now, type, updates);
  createdOrChanged(PEER_DEVICES, old, now, type, updates);
  createdOrChanged(PATHS, old, now, type, updates);
}

function childrenDestroyed(old: Resource, now: Resource | undefined, updates: Update[]): void {
  destroyedOf(PEER_DEVICES, old, now, updates);
  destroyedOf(PATHS, old, now, updates);
  destroyedOf(CONNECTIONS, old, now, updates);
  destroyedOf(DEVICES, old, now, updates);
}

function createdOrChanged<Key, State extends Key, Child extends State>(
  kind: Kind<Key, State, Child>,
  before: Resource | undefined,
  after: Resource,
  type: CreationType,
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

function destroyedOf<Key, State extends Key, Child extends State>(
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
