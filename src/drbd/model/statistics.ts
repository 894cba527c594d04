/**
 * The counters of an object, read from the text they came in when somebody asks.
 *
 * A counter the kernel did not send is `undefined` (drbdsetup then prints all ones, or nothing).
 */
import { type Counter, parsePrintedCounter, parsePrintedPending } from "./counter.ts";
import type { Connection, Device, PeerDevice } from "./model.ts";
import { eachPair } from "./pairs.ts";

export interface DeviceStatistics {
  readonly readKib: Counter | undefined;
  readonly writtenKib: Counter | undefined;
  readonly alWrites: Counter | undefined;
  readonly bmWrites: Counter | undefined;
  readonly upperPending: Counter | undefined;
  readonly lowerPending: Counter | undefined;
  readonly alSuspended: boolean | undefined;
}

export interface ConnectionStatistics {
  /** Sectors of 512 bytes. */
  readonly apInFlightSectors: Counter | undefined;
  /** Sectors of 512 bytes. */
  readonly rsInFlightSectors: Counter | undefined;
}

export interface PeerDeviceStatistics {
  readonly receivedKib: Counter | undefined;
  readonly sentKib: Counter | undefined;
  readonly outOfSyncKib: Counter | undefined;
  readonly pending: Counter | undefined;
  readonly unacked: Counter | undefined;
  /** Of a resync or verify, while the kernel reports one. */
  readonly progress: SyncProgress | undefined;
}

/** How far a resync or verify is. */
export interface SyncProgress {
  readonly donePercent: number;
  /** Rate of the latest moments; can be negative. Absent without statistics. */
  readonly rateMibPerS: number | undefined;
  /** Absent if nothing moved lately, so that there is no telling. */
  readonly etaSeconds: number | undefined;
}

/** The counters of a device as last printed. */
export function deviceStatistics(device: Device): DeviceStatistics {
  const values = pairs(device.rawStatistics);
  const readKib = told(values, "read");
  return {
    readKib,
    writtenKib: told(values, "written"),
    alWrites: told(values, "al-writes"),
    bmWrites: told(values, "bm-writes"),
    upperPending: underWay(values, "upper-pending"),
    lowerPending: underWay(values, "lower-pending"),
    // Counters come all together or not at all; without them drbdsetup prints a yes that nobody said.
    alSuspended: readKib === undefined ? undefined : yesNo(values.get("al-suspended")),
  };
}

/** The counters of a connection as last printed. */
export function connectionStatistics(connection: Connection): ConnectionStatistics {
  const values = pairs(connection.rawStatistics);
  return {
    apInFlightSectors: told(values, "ap-in-flight"),
    rsInFlightSectors: told(values, "rs-in-flight"),
  };
}

/** The counters of a peer-device as last printed. */
export function peerDeviceStatistics(peerDevice: PeerDevice): PeerDeviceStatistics {
  const values = pairs(peerDevice.rawStatistics);
  return {
    receivedKib: told(values, "received"),
    sentKib: told(values, "sent"),
    outOfSyncKib: told(values, "out-of-sync"),
    pending: underWay(values, "pending"),
    unacked: underWay(values, "unacked"),
    progress: progress(values),
  };
}

function progress(values: ReadonlyMap<string, string>): SyncProgress | undefined {
  const donePercent = decimal(values.get("done"));
  if (donePercent === undefined) return undefined;
  return {
    // Where more became out of sync since the start than there was to resync, drbdsetup prints less than nothing.
    donePercent: Math.max(0, donePercent),
    rateMibPerS: decimal(values.get("dbdt1")),
    etaSeconds: decimal(values.get("eta")),
  };
}

function pairs(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  eachPair(text, (key, value) => values.set(key, value));
  return values;
}

function told(values: ReadonlyMap<string, string>, key: string): Counter | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : parsePrintedCounter(value);
}

function underWay(values: ReadonlyMap<string, string>, key: string): Counter | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : parsePrintedPending(value);
}

function yesNo(value: string | undefined): boolean | undefined {
  return value === "yes" ? true : value === "no" ? false : undefined;
}

/** A decimal number, or nothing for `nan` and all else. */
function decimal(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
