/** What DRBD says of one resource on one node, and what it said before: rules look back at it. */
import type { ResourceConfig } from "../../model/config.ts";
import { type DeviceObject, peerDevicesOf, type ResourceObject } from "../../model/kernel/objects.ts";
import { promotionOf } from "../../model/output/promotion.ts";
import type { DiskState } from "../../model/kernel/states.ts";

/** How DRBD's options keep two nodes from being Primary at once. */
export type Protection = "quorum" | "fencing" | "none";

export interface DrbdFacts {
  readonly exists: boolean;
  readonly isPrimary: boolean;
  readonly mayPromote: boolean;
  /** Every device has quorum, and there is one. */
  readonly hasQuorum: boolean;
  /** A connected peer that is Primary. */
  readonly primaryPeer: string | undefined;
  readonly isMissingPeers: boolean;
  readonly protection: Protection;
  /** Of the local devices. */
  readonly disks: readonly DiskState[];
  /** Volumes whose local disk serves no reads and writes, though it should. */
  readonly lostVolumes: readonly number[];
  /** Each of the lost volumes is UpToDate on a peer. */
  readonly isLostSavedElsewhere: boolean;
  /** Connected peers that have all volumes UpToDate. */
  readonly upToDatePeers: readonly string[];
}

interface TimedFacts extends DrbdFacts {
  readonly sinceMs: number;
  readonly key: string;
}

const LOST: ReadonlySet<DiskState> = new Set(["Diskless", "Detaching", "Failed"]);

const NO_RESOURCE: DrbdFacts = {
  exists: false,
  isPrimary: false,
  mayPromote: false,
  hasQuorum: false,
  primaryPeer: undefined,
  isMissingPeers: false,
  protection: "none",
  disks: [],
  lostVolumes: [],
  isLostSavedElsewhere: false,
  upToDatePeers: [],
};

export class Timeline {
  readonly #all: TimedFacts[] = [{ ...NO_RESOURCE, sinceMs: -Infinity, key: "" }];

  /** When a connection was last removed, though the resource stayed up. */
  connectionRemovedMs = -Infinity;
  #connections = 0;

  constructor(readonly nodes: number) {}

  /** What holds now. */
  get now(): DrbdFacts {
    return this.#all[this.#all.length - 1] as TimedFacts;
  }

  /** Notes how the resource is at `nowMs`. */
  note(resource: ResourceObject | undefined, nowMs: number): void {
    const connections = resource?.connections.length ?? 0;
    if (resource === undefined) this.connectionRemovedMs = -Infinity;
    else if (connections < this.#connections) this.connectionRemovedMs = nowMs;
    this.#connections = connections;
    const facts = resource === undefined ? NO_RESOURCE : factsOf(resource, this.nodes);
    const key = resource === undefined ? "" : Object.values(facts).join("|");
    if ((this.#all.at(-1) as TimedFacts).key === key) return;
    this.#all.push({ ...facts, sinceMs: nowMs, key });
  }

  /**
   * Since when `holds` has held without interruption; undefined if it does not hold now. What was otherwise
   * for no longer than `momentMs` is none, if that is given.
   */
  sinceMs(holds: (facts: DrbdFacts) => boolean, { momentMs = -Infinity } = {}): number | undefined {
    let sinceMs: number | undefined;
    for (let place = this.#all.length - 1; place >= 0; place--) {
      const facts = this.#all[place] as TimedFacts;
      const isMoment = (this.#all[place + 1]?.sinceMs ?? Infinity) - facts.sinceMs <= momentMs;
      if (!holds(facts) && !isMoment) break;
      if (holds(facts)) sinceMs = facts.sinceMs;
    }
    return sinceMs;
  }

  /** The last moment at which `holds` held; -Infinity if it never did. */
  lastMs(holds: (facts: DrbdFacts) => boolean, nowMs: number): number {
    let endMs = nowMs;
    for (let place = this.#all.length - 1; place >= 0; place--) {
      const facts = this.#all[place] as TimedFacts;
      if (holds(facts)) return endMs;
      endMs = facts.sinceMs;
    }
    return -Infinity;
  }

  /** When `holds` held, from before `fromMs` until `nowMs`, the newest first. */
  *spans(
    holds: (facts: DrbdFacts) => boolean,
    fromMs: number,
    nowMs: number,
  ): Generator<{ readonly sinceMs: number; readonly endMs: number }> {
    let endMs = nowMs;
    for (let place = this.#all.length - 1; place >= 0 && endMs >= fromMs; place--) {
      const facts = this.#all[place] as TimedFacts;
      if (holds(facts)) yield { sinceMs: facts.sinceMs, endMs };
      endMs = facts.sinceMs;
    }
  }

  /** What held at some time from `fromMs` on, the newest first. */
  *from(fromMs: number): Generator<DrbdFacts> {
    for (let place = this.#all.length - 1; place >= 0; place--) {
      const facts = this.#all[place] as TimedFacts;
      yield facts;
      if (facts.sinceMs <= fromMs) return;
    }
  }

  /** Whether a local disk was in another state at some time from `fromMs` on. */
  hadOtherDisks(fromMs: number): boolean {
    const disks = this.now.disks.join();
    return this.some(fromMs, (facts) => facts.disks.join() !== disks);
  }

  /** Whether `holds` held at some time from `fromMs` on. */
  some(fromMs: number, holds: (facts: DrbdFacts) => boolean): boolean {
    for (let place = this.#all.length - 1; place >= 0; place--) {
      const facts = this.#all[place] as TimedFacts;
      if (holds(facts)) return true;
      if (facts.sinceMs <= fromMs) return false;
    }
    return false;
  }
}

function factsOf(resource: ResourceObject, nodes: number): DrbdFacts {
  const { devices, connections } = resource;
  const lostVolumes = devices.filter((each) => !each.client && LOST.has(each.is.disk)).map(({ volume }) =>
    volume
  );
  const isUpToDate = (device: DeviceObject) => {
    for (const peer of peerDevicesOf(device)) if (peer.is.peerDisk === "UpToDate") return true;
    return false;
  };
  return {
    exists: true,
    isPrimary: resource.is.role === "Primary",
    mayPromote: promotionOf(resource).mayPromote,
    hasQuorum: devices.length > 0 && devices.every((device) => device.is.quorum),
    primaryPeer: connections.find(({ is }) => is.peerRole === "Primary")?.peer.name,
    isMissingPeers: connections.some((connection) => !connection.isConnected),
    protection: protectionOf(resource, nodes),
    disks: devices.map((device) => device.is.disk),
    lostVolumes,
    isLostSavedElsewhere: lostVolumes.every((volume) => {
      const device = resource.device(volume);
      return device !== undefined && isUpToDate(device);
    }),
    upToDatePeers: connections.filter((connection) =>
      connection.isConnected && connection.peerDevices.length > 0 &&
      connection.peerDevices.every(({ is }) => is.peerDisk === "UpToDate")
    ).map(({ peer }) => peer.name),
  };
}

/** Two Primaries may not be allowed. A number protects if two halves of the cluster cannot both reach it. */
function protectionOf({ options, config }: ResourceObject, nodes: number): Protection {
  const { quorum, fencing, allowTwoPrimaries } = options;
  if (allowTwoPrimaries) return "none";
  const isEnough = typeof quorum !== "number" || quorum > votersOf(config, nodes) / 2;
  if (quorum !== "off" && isEnough) return "quorum";
  return fencing === "dont-care" ? "none" : "fencing";
}

function votersOf({ on }: ResourceConfig, nodes: number): number {
  return on?.length ?? nodes;
}
