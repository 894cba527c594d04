/** May a resource be promoted, and how good are its data here: computed as drbdsetup does (drbdsetup_events2.c). */
import type { ResourceObject } from "../kernel/objects.ts";
import type { DiskState } from "../kernel/states.ts";

/** A device as drbdsetup sees it. */
export interface PromotionDevice {
  readonly disk: DiskState;
  readonly quorum: boolean;
  /** The same volume on the peers. */
  readonly peers: readonly { readonly peerDisk: DiskState; readonly stable: boolean }[];
}

export interface PromotionInput {
  readonly forceIoFailures: boolean;
  /** Here or on a peer. */
  readonly hasPrimary: boolean;
  readonly devices: readonly PromotionDevice[];
}

export interface Promotion {
  readonly mayPromote: boolean;
  readonly score: number;
}

const NONE: Promotion = { mayPromote: false, score: 0 };
/** What counts as a usable disk, besides UpToDate. */
const USABLE: ReadonlySet<DiskState> = new Set<DiskState>(["Consistent", "Inconsistent"]);
/** More devices or replicas than this make no difference. */
const MOST = 99;

export function promotion({ forceIoFailures, hasPrimary, devices }: PromotionInput): Promotion {
  if (devices.length === 0 || forceIoFailures) return NONE;
  let upToDateDevices = 0;
  let allHaveDisks = true;
  let allAreStable = true;
  let fewestReplicas = Infinity;
  for (const { disk, quorum, peers } of devices) {
    if (!quorum) return NONE;
    const isUpToDate = disk === "UpToDate";
    const replicas = peers.filter((peer) => peer.peerDisk === "UpToDate");
    if (isUpToDate) upToDateDevices++;
    else if (!USABLE.has(disk)) allHaveDisks = false;
    fewestReplicas = Math.min(fewestReplicas, replicas.length + (isUpToDate ? 1 : 0));
    if (!isUpToDate && !replicas.some((peer) => peer.stable)) allAreStable = false;
  }
  if (fewestReplicas === 0) return NONE;
  return {
    mayPromote: !hasPrimary && allAreStable,
    score: (allHaveDisks ? 10_000 : 0) + 100 * Math.min(upToDateDevices, MOST) +
      Math.min(fewestReplicas, MOST),
  };
}

/** The same for a resource as it is. */
export function promotionOf(resource: ResourceObject): Promotion {
  return promotion({
    forceIoFailures: resource.is.forceIoFailures,
    hasPrimary: resource.is.role === "Primary" ||
      resource.connections.some((connection) => connection.is.peerRole === "Primary"),
    devices: resource.devices.map((device) => ({
      disk: device.is.disk,
      quorum: device.is.quorum,
      peers: resource.connections.flatMap((connection) => connection.peerDevice(device.volume)?.is ?? []),
    })),
  });
}
