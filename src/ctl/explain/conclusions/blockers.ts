/**
 * Why DRBD does not let a resource be promoted here. Source: how drbdsetup computes may_promote
 * (drbdsetup_events2.c).
 */
import { deviceOf, type Resource } from "../../../drbd/model/model.ts";

/** All reasons that can be seen, the weightiest first; at least one if DRBD says no. */
export function promotionBlockers(resource: Resource): string[] {
  if (resource.mayPromote) return [];
  const { devices, connections } = resource;
  const blockers: string[] = [];
  if (resource.role === "Primary") blockers.push("it is Primary here already");
  const primary = connections.find(({ peerRole }) => peerRole === "Primary");
  if (primary !== undefined) blockers.push(`${primary.connName} is Primary`);
  if (devices.length === 0) blockers.push("it has no device");
  if (resource.forceIoFailures) {
    blockers.push("it was demoted by force, and a device is still open");
  }
  const without = devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
  if (without.length > 0) blockers.push(`${volumes(without)} without quorum: ${reachable(resource)}`);
  const stale = devices.filter(({ volume }) => !isUpToDateSomewhere(resource, volume)).map(({ volume }) =>
    volume
  );
  if (stale.length > 0) blockers.push(`no UpToDate data of ${volumes(stale)} can be reached`);
  if (blockers.length === 0) {
    const behind = devices.filter(({ diskState }) => diskState !== "UpToDate");
    blockers.push(
      behind.length === 0
        ? "DRBD gives no reason that this node can see"
        : behind.map(({ volume, diskState }) => `the local disk of volume ${volume} is ${diskState}`).join(
          "; ",
        ),
    );
  }
  return blockers;
}

function isUpToDateSomewhere(resource: Resource, volume: number): boolean {
  return deviceOf(resource, volume)?.diskState === "UpToDate" ||
    resource.peerDevices.some((each) => each.volume === volume && each.peerDiskState === "UpToDate");
}

function volumes(list: readonly number[]): string {
  return `${list.length === 1 ? "volume" : "volumes"} ${list.join(", ")}`;
}

/** Which nodes can be reached. */
export function reachable({ connections }: Resource): string {
  const away = connections.filter(({ connectionState }) => connectionState !== "Connected");
  if (away.length === 0) return connections.length === 0 ? "it has no peers" : "all peers are connected";
  const list = away.map(({ connName, connectionState }) => `${connName} (${connectionState})`).join(", ");
  return `not connected to ${list}`;
}
