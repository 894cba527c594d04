/**
 * The state as drbdsetup would print it in a dump: a reader of it has the same state. Keys in printing order, as the
 * exact patterns of the parser have them; source: drbdsetup_events2.c.
 */
import {
  type Connection,
  connectionOf,
  type Device,
  type Path,
  type PeerDevice,
  type Resource,
} from "../model/model.ts";

/** Ends a dump. */
const DUMP_END = "exists -\n";
/** How drbdsetup prints a size that the kernel did not send. */
const NO_SIZE = "9223372036854775807";

/** The lines of a dump of these resources, its end included. */
export function dumpText(resources: Iterable<Resource>): string {
  return Array.from(resources, linesOf).join("") + DUMP_END;
}

function linesOf(resource: Resource): string {
  return [
    resourceLine(resource),
    ...resource.connections.map((connection) => connectionLine(resource, connection)),
    ...resource.devices.map((device) => deviceLine(resource, device)),
    ...resource.peerDevices.map((peerDevice) => peerDeviceLine(resource, peerDevice)),
    ...resource.paths.map((path) => pathLine(resource, path)),
  ].join("");
}

function resourceLine(resource: Resource): string {
  const { name, role, suspended, forceIoFailures, writeOrdering, mayPromote, promotionScore } = resource;
  return `exists resource name:${name} role:${role} suspended:${list(suspended)} ` +
    `force-io-failures:${yesNo(forceIoFailures)}${
      writeOrdering === undefined ? "" : ` write-ordering:${writeOrdering}`
    } may_promote:${yesNo(mayPromote)} promotion_score:${promotionScore}\n`;
}

function connectionLine({ name }: Resource, connection: Connection): string {
  const { peerNodeId, connName, connectionState, peerRole, congested, rawStatistics } = connection;
  return `exists connection name:${name} peer-node-id:${peerNodeId} conn-name:${connName} ` +
    `connection:${connectionState} role:${peerRole} congested:${yesNo(congested)}${behind(rawStatistics)}\n`;
}

function deviceLine({ name }: Resource, device: Device): string {
  const { volume, minor, backingDev = "none", diskState, client, open, quorum, blocked } = device;
  return `exists device name:${name} volume:${volume}${minor === undefined ? "" : ` minor:${minor}`} ` +
    `backing_dev:${backingDev} disk:${diskState} client:${client} open:${open} quorum:${yesNo(quorum)} ` +
    `size:${device.sizeKib ?? NO_SIZE}${behind(device.rawStatistics)}${
      blocked.length === 0 ? "" : ` blocked:${list(blocked)}`
    }\n`;
}

function peerDeviceLine(resource: Resource, peerDevice: PeerDevice): string {
  const { peerNodeId, volume, replicationState, peerDiskState, peerClient, resyncSuspended } = peerDevice;
  return `exists peer-device name:${resource.name} ${peer(resource, peerNodeId)} volume:${volume} ` +
    `replication:${replicationState} peer-disk:${peerDiskState} peer-client:${peerClient} ` +
    `resync-suspended:${list(resyncSuspended)}${behind(peerDevice.rawStatistics)}\n`;
}

function pathLine(resource: Resource, { peerNodeId, local, peer: remote, established }: Path): string {
  return `exists path name:${resource.name} ${peer(resource, peerNodeId)} local:${local} peer:${remote} ` +
    `established:${yesNo(established)}\n`;
}

function peer(resource: Resource, peerNodeId: number): string {
  return `peer-node-id:${peerNodeId} conn-name:${connectionOf(resource, peerNodeId)?.connName ?? ""}`;
}

function behind(text: string): string {
  return text === "" ? "" : ` ${text}`;
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "no" : words.join(",");
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
