/** The counters of an object, parsed when they are read. A counter the kernel did not send is `undefined`. */
import { type Counter, parsePrintedCounter, parsePrintedPending } from "./counter.ts";
import type { Connection, Device, PeerDevice } from "./model.ts";
import { eachPair } from "../strings/pairs.ts";

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

/** Progress of a resync or verify. */
export interface SyncProgress {
  readonly donePercent: number;
  /** Current rate; can be negative. Absent without statistics. */
  readonly rateMibPerS: number | undefined;
  /** Absent if nothing was transferred recently, so that it cannot be estimated. */
  readonly etaSeconds: number | undefined;
}

/** The counters of a device as last printed. */
export function deviceStatistics(device: Device): DeviceStatistics {
  const values = pairs(device.rawStatistics);
  const readKib = counter(values, "read");
  return {
    readKib,
    writtenKib: counter(values, "written"),
    alWrites: counter(values, "al-writes"),
    bmWrites: counter(values, "bm-writes"),
    upperPending: pendingCounter(values, "upper-pending"),
    lowerPending: pendingCounter(values, "lower-pending"),
    // The kernel sends all counters or none; without them drbdsetup prints a "yes" with no meaning.
    alSuspended: readKib === undefined ? undefined : yesNo(values.get("al-suspended")),
  };
}

/** The counters of a connection as last printed. */
export function connectionStatistics(connection: Connection): ConnectionStatistics {
  const values = pairs(connection.rawStatistics);
  return {
    apInFlightSectors: counter(values, "ap-in-flight"),
    rsInFlightSectors: counter(values, "rs-in-flight"),
  };
}

/** The counters of a peer-device as last printed. */
export function peerDeviceStatistics(peerDevice: PeerDevice): PeerDeviceStatistics {
  const values = pairs(peerDevice.rawStatistics);
  return {
    receivedKib: counter(values, "received"),
    sentKib: counter(values, "sent"),
    outOfSyncKib: counter(values, "out-of-sync"),
    pending: pendingCounter(values, "pending"),
    unacked: pendingCounter(values, "unacked"),
    progress: progress(values),
  };
}

function progress(values: ReadonlyMap<string, string>): SyncProgress | undefined {
  const donePercent = decimal(values.get("done"));
  if (donePercent === undefined) return undefined;
  return {
    // Negative if more has become out of sync since the start than there was to resync.
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

function counter(values: ReadonlyMap<string, string>, key: string): Counter | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : parsePrintedCounter(value);
}

function pendingCounter(values: ReadonlyMap<string, string>, key: string): Counter | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : parsePrintedPending(value);
}

function yesNo(value: string | undefined): boolean | undefined {
  return value === "yes" ? true : value === "no" ? false : undefined;
}

/** A decimal number; undefined for `nan` and anything else. */
function decimal(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
