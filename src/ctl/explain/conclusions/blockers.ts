/**
 * Why DRBD does not let a resource be promoted here. Source: how drbdsetup computes may_promote
 * (drbdsetup_events2.c).
 */
import { deviceOf, type Resource } from "../../../drbd/model/model.ts";

/** All reasons that can be seen, the weightiest first; at least one if DRBD says no. */
export function obstaclesTo(resource: Resource): string[] {
  if (resource.mayPromote) return [];
  const { devices, connections } = resource;
  const obstacles: string[] = [];
  if (resource.role === "Primary") obstacles.push("it is Primary here already");
  const primary = connections.find(({ peerRole }) => peerRole === "Primary");
  if (primary !== undefined) obstacles.push(`${primary.connName} is Primary`);
  if (devices.length === 0) obstacles.push("it has no device");
  if (resource.forceIoFailures) {
    obstacles.push("it was demoted by force, and somebody still has a device open");
  }
  const without = devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
  if (without.length > 0) obstacles.push(`${volumes(without)} without quorum: ${reachable(resource)}`);
  const stale = devices.filter(({ volume }) => !isUpToDateSomewhere(resource, volume)).map(({ volume }) =>
    volume
  );
  if (stale.length > 0) obstacles.push(`no UpToDate data of ${volumes(stale)} can be reached`);
  if (obstacles.length === 0) {
    obstacles.push("no UpToDate data can be trusted now, as while a resync from a Primary goes on");
  }
  return obstacles;
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
