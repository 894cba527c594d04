/** A row of the table: one minor number, that is, one volume of a resource on this node. */
import type { Cluster } from "../../src/drbd/model/cluster.ts";
import type { Counter } from "../../src/drbd/model/counter.ts";
import type { Device, PeerDevice, Resource } from "../../src/drbd/model/model.ts";
import { type DeviceStatistics, deviceStatistics } from "../../src/drbd/model/statistics.ts";

/** A size as a number of 32 bits, rounded down, and what it is to be multiplied by. */
export interface Size {
  readonly size: number;
  /** Bytes. */
  readonly units: number;
}

export class MinorRow {
  #statistics: DeviceStatistics | undefined;
  #peers: readonly PeerDevice[] | undefined;

  constructor(readonly minor: number, readonly resource: Resource, readonly device: Device) {}

  get statistics(): DeviceStatistics {
    this.#statistics ??= deviceStatistics(this.device);
    return this.#statistics;
  }

  /** The volume as each peer has it. */
  get peers(): readonly PeerDevice[] {
    this.#peers ??= this.resource.peerDevices.filter(({ volume }) => volume === this.device.volume);
    return this.#peers;
  }

  get size(): Size | undefined {
    return this.device.sizeKib === undefined ? undefined : sizeOf(this.device.sizeKib);
  }
}

/**
 * All minors of this node, by number, each once. A device without a known minor has no row. If two devices have the same
 * minor, because the old one's end has not been reported yet, the later resource by name has it.
 */
export function rowsOf(cluster: Cluster): MinorRow[] {
  const rows = new Map<number, MinorRow>();
  for (const resource of cluster) {
    for (const device of resource.devices) {
      if (device.minor !== undefined) rows.set(device.minor, new MinorRow(device.minor, resource, device));
    }
  }
  return [...rows.values()].sort((a, b) => a.minor - b.minor);
}

const MOST_UNSIGNED_32 = 2 ** 32 - 1;
/** The largest power of 1024 that a number of 32 bits holds. */
const LARGEST_UNITS = 1024 ** 3;

/** The smallest units of 1024 bytes or a power of it in which the size has 32 bits. */
export function sizeOf(kib: Counter): Size {
  let size = BigInt(kib);
  let units = 1024;
  while (size > MOST_UNSIGNED_32 && units < LARGEST_UNITS) {
    size /= 1024n;
    units *= 1024;
  }
  return { size: size > MOST_UNSIGNED_32 ? MOST_UNSIGNED_32 : Number(size), units };
}
