/** What is on a disk and outlives the node's power: DRBD's metadata, as far as the model needs it. */
import type { Generation } from "./generation.ts";
import { bit, type DiskState } from "./states.ts";

export class Disk {
  /** False: the disk cannot be read or written. */
  works = true;
  /** Whether the data are of one moment (not half resynchronised). */
  consistent = false;
  wasUpToDate = false;
  /** The node is Primary: if it does not say otherwise before its power fails, it crashed as one. */
  primary = false;
  /** Peers that may have writes the disk lacks, or lack some that it has, since its node crashed as Primary; as bits. */
  crashed = 0;
  /** The node lost quorum while it was Primary. */
  lostQuorum = false;
  generation: Generation | undefined;
  /** KiB that differ from a peer's, by its node id. */
  readonly outOfSyncKib = new Map<number, number>();
  /** Nodes that have, or had, a copy of the data, as bits: they keep their vote when their connection is gone. */
  voters = 0;
  /** Peers known to be Outdated or worse, as bits. */
  outdatedPeers = 0;
  /** KiB that were being written lately: to be looked at after a crash. */
  activeKib = 0;

  constructor(readonly sizeKib: number) {}

  /** Another disk is put in its place, which has nothing of it. */
  replace(): void {
    this.works = true;
    this.consistent = false;
    this.wasUpToDate = false;
    this.primary = false;
    this.crashed = 0;
    this.lostQuorum = false;
    this.generation = undefined;
    this.outOfSyncKib.clear();
    this.voters = 0;
    this.outdatedPeers = 0;
    this.activeKib = 0;
  }

  /** The state the disk is attached with when nobody else is there. */
  state(): DiskState {
    if (!this.consistent) return "Inconsistent";
    return this.wasUpToDate ? "UpToDate" : "Outdated";
  }

  crashedTowards(nodeId: number): boolean {
    return (this.crashed & bit(nodeId)) !== 0;
  }

  /** Brought in line with a peer. */
  reconcile(nodeId: number): void {
    this.crashed &= ~bit(nodeId);
    this.setOutOfSync(nodeId, 0);
  }

  differsFrom(nodeId: number): number {
    return this.outOfSyncKib.get(nodeId) ?? 0;
  }

  addOutOfSync(nodeId: number, kib: number): void {
    this.setOutOfSync(nodeId, this.differsFrom(nodeId) + kib);
  }

  setOutOfSync(nodeId: number, kib: number): void {
    this.outOfSyncKib.set(nodeId, Math.min(Math.max(kib, 0), this.sizeKib));
  }

  rememberOutdated(nodeId: number, outdated: boolean): void {
    this.outdatedPeers = outdated ? this.outdatedPeers | bit(nodeId) : this.outdatedPeers & ~bit(nodeId);
  }

  remembersOutdated(nodeId: number): boolean {
    return (this.outdatedPeers & bit(nodeId)) !== 0;
  }
}
