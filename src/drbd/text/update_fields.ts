/** The fields of states under the names of `drbdsetup status --json` and events2, for people and for JSON. */
import type { ConnectionFields, DeviceState, Path, PeerDeviceState, ResourceState } from "../model/model.ts";
import type { Unplaced } from "../model/update.ts";
import type { Tristate } from "../model/vocabulary.ts";

/** A JSON value; `null` means unknown. */
export type FieldValue = string | number | boolean | null | readonly string[];
export type Fields = Readonly<Record<string, FieldValue>>;

/** The fields of a resource's own state. */
export function resourceFields(state: ResourceState): Fields {
  return {
    "role": state.role,
    "suspended": state.suspended,
    "force-io-failures": state.forceIoFailures,
    "write-ordering": state.writeOrdering ?? null,
    "may-promote": state.mayPromote,
    "promotion-score": state.promotionScore,
  };
}

export function deviceFields(state: DeviceState): Fields {
  return {
    "minor": state.minor ?? null,
    "backing-dev": state.backingDev ?? null,
    "disk-state": state.diskState,
    "client": yesNo(state.client),
    "open": yesNo(state.open),
    "quorum": state.quorum,
    // Most readers lose precision of JSON numbers beyond 2^53; as a string it is safe.
    "size": typeof state.sizeKib === "bigint" ? String(state.sizeKib) : state.sizeKib ?? null,
  };
}

export function connectionFields(state: ConnectionFields): Fields {
  return {
    "conn-name": state.connName,
    "connection-state": state.connectionState,
    "peer-role": state.peerRole,
    "congested": state.congested,
  };
}

export function peerDeviceFields(state: PeerDeviceState): Fields {
  return {
    "replication-state": state.replicationState,
    "peer-disk-state": state.peerDiskState,
    "peer-client": yesNo(state.peerClient),
    "resync-suspended": state.resyncSuspended,
  };
}

export function pathFields(state: Path): Fields {
  return { "established": state.established };
}

/** The old and new fields of an update, and what identifies its object. Helpers and renames have no states. */
export function fieldsOf(
  update: Unplaced,
): { identity: Fields; old: Fields | undefined; new: Fields | undefined } {
  switch (update.kind) {
    case "resource":
      if (update.type === "rename") {
        return { identity: { "new-name": update.newName }, old: undefined, new: undefined };
      }
      return { identity: {}, ...both(update, resourceFields) };
    case "device":
      return { identity: { "volume": update.volume }, ...both(update, deviceFields) };
    case "connection":
      return { identity: { "peer-node-id": update.peerNodeId }, ...both(update, connectionFields) };
    case "peer-device": {
      const identity = { "peer-node-id": update.peerNodeId, "volume": update.volume };
      return { identity, ...both(update, peerDeviceFields) };
    }
    case "path": {
      const identity = { "peer-node-id": update.peerNodeId, "local": update.local, "peer": update.peer };
      return { identity, ...both(update, pathFields) };
    }
    case "helper":
      return { identity: helperIdentity(update), old: undefined, new: undefined };
  }
}

function helperIdentity({ helper }: Extract<Unplaced, { kind: "helper" }>): Fields {
  const identity: Record<string, FieldValue> = { "helper": helper.helper };
  if (helper.peerNodeId !== undefined) identity["peer-node-id"] = helper.peerNodeId;
  if (helper.connName !== undefined) identity["conn-name"] = helper.connName;
  if (helper.volume !== undefined) identity["volume"] = helper.volume;
  if (helper.minor !== undefined) identity["minor"] = helper.minor;
  if (helper.status !== undefined) identity["status"] = Number(helper.status);
  return identity;
}

function both<State>(
  update: { readonly old: State | undefined; readonly new: State | undefined },
  read: (state: State) => Fields,
): { old: Fields | undefined; new: Fields | undefined } {
  return { old: update.old && read(update.old), new: update.new && read(update.new) };
}

function yesNo(word: Tristate): boolean | null {
  return word === "yes" ? true : word === "no" ? false : null;
}
