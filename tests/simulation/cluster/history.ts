/** When what was last so, on one node, for one resource: rules look back at it. */
import { type DeviceObject, peerDevicesOf, type ResourceObject } from "../model/objects.ts";
import type { DiskState } from "../model/states.ts";

/** A disk that serves no more reads and writes. */
const LOST: ReadonlySet<DiskState> = new Set(["Diskless", "Detaching", "Failed"]);

/** Moments at which something was so for the last time; -Infinity: never. */
export class History {
  /** There is no such resource, or it is not Primary. */
  notPrimaryMs = -Infinity;
  primaryMs = -Infinity;
  withoutQuorumMs = -Infinity;
  diskLostMs = -Infinity;
  /** A peer became UpToDate. */
  peerUpToDateMs = -Infinity;
  /** A service ended by itself, or did not start. */
  serviceEndedMs = -Infinity;
  /** Something of it ran, or was about to. */
  upMs = -Infinity;
  #upToDatePeers = 0;
  /** Devices that had their disk: before it is attached, none is lost. */
  readonly #attached = new WeakSet<DeviceObject>();

  /** Looks at the resource as the kernel has it. */
  look(resource: ResourceObject | undefined, nowMs: number): void {
    if (resource?.is.role === "Primary") this.primaryMs = nowMs;
    else this.notPrimaryMs = nowMs;
    if (resource === undefined) return;
    if (!hasQuorum(resource)) this.withoutQuorumMs = nowMs;
    for (const device of resource.devices) {
      if (!LOST.has(device.is.disk)) this.#attached.add(device);
      else if (this.#attached.has(device)) this.diskLostMs = nowMs;
    }
    const upToDatePeers = resource.devices.reduce((sum, device) => sum + upToDatePeersOf(device), 0);
    if (upToDatePeers > this.#upToDatePeers) this.peerUpToDateMs = nowMs;
    this.#upToDatePeers = upToDatePeers;
  }
}

export function hasQuorum(resource: ResourceObject): boolean {
  return resource.devices.length > 0 && resource.devices.every((device) => device.is.quorum);
}

function upToDatePeersOf(device: DeviceObject): number {
  let count = 0;
  for (const peer of peerDevicesOf(device)) if (peer.is.peerDisk === "UpToDate") count++;
  return count;
}
