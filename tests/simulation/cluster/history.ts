/** When what was last so, on one node, for one resource: rules look back at it. */
import type { ConnectionObject, DeviceObject, ResourceObject } from "../model/objects.ts";
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
  /** A connected peer had UpToDate data of all volumes. */
  peerFitMs = -Infinity;
  /** One of preferred-nodes that is better than this node was such a peer: last, and since when without interruption. */
  betterPeerMs = -Infinity;
  betterSinceMs = Infinity;
  /** A service ended by itself, or did not start. */
  serviceEndedMs = -Infinity;
  /** Something of it ran, or was about to. */
  upMs = -Infinity;
  /** Better peers that are fit, and since when. */
  #better = new Map<string, number>();
  /** Devices that had their disk: before it is attached, none is lost. */
  readonly #attached = new WeakSet<DeviceObject>();

  /** Looks at the resource as the kernel has it. `isBetter` says which nodes are preferred to this one. */
  look(resource: ResourceObject | undefined, isBetter: (node: string) => boolean, nowMs: number): void {
    if (resource?.is.role === "Primary") this.primaryMs = nowMs;
    else this.notPrimaryMs = nowMs;
    if (resource === undefined) return;
    if (!hasQuorum(resource)) this.withoutQuorumMs = nowMs;
    for (const device of resource.devices) {
      if (!LOST.has(device.is.disk)) this.#attached.add(device);
      else if (this.#attached.has(device)) this.diskLostMs = nowMs;
    }
    const fit = fitPeersOf(resource);
    if (fit.length > 0) this.peerFitMs = nowMs;
    const better = fit.filter(isBetter);
    if (better.length > 0) this.betterPeerMs = nowMs;
    this.#better = new Map(better.map((node) => [node, this.#better.get(node) ?? nowMs]));
    if (better.length > 0) this.betterSinceMs = Math.min(...this.#better.values());
  }
}

export function hasQuorum(resource: ResourceObject): boolean {
  return resource.devices.length > 0 && resource.devices.every((device) => device.is.quorum);
}

/** Names of nodes that are connected and have UpToDate data of all volumes. */
function fitPeersOf({ devices, connections }: ResourceObject): string[] {
  const isFit = (connection: ConnectionObject) =>
    connection.isConnected &&
    devices.every(({ volume }) => connection.peerDevice(volume)?.is.peerDisk === "UpToDate");
  return devices.length === 0 ? [] : connections.filter(isFit).map(({ peer }) => peer.name);
}
