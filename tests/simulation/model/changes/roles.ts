/** Promotion and demotion. */
import { clusterWide, commitAll } from "./cluster_wide.ts";
import { generationShown, newGeneration } from "./io.ts";
import { type DeviceObject, peerDevicesOf, type ResourceObject } from "../kernel/objects.ts";
import { isAtLeast } from "../kernel/states.ts";
import { type Kernel, NO_UP_TO_DATE_DISK, type Refusal, TWO_PRIMARIES } from "../kernel/transaction.ts";

/** Gets the reason if it was refused. */
export type Done = (refusal: Refusal | undefined) => void;

export interface PromoteOptions {
  readonly force?: boolean;
  /** Whoever asked for it is no more: the wait of a process that has a signal is interrupted (SS_INTERRUPTED). */
  readonly isEnded?: (() => boolean) | undefined;
}

export function promote(kernel: Kernel, resource: ResourceObject, options: PromoteOptions, done: Done): void {
  if (resource.is.role === "Primary") {
    done(undefined);
    return;
  }
  if (resource.options.fencing !== "dont-care") {
    fencePeers(kernel, resource, () => promoteNow(kernel, resource, options, done));
  } else {
    promoteNow(kernel, resource, options, done);
  }
}

function promoteNow(
  kernel: Kernel,
  resource: ResourceObject,
  { force = false, isEnded }: PromoteOptions,
  done: Done,
): void {
  const propose = () => {
    resource.is.role = "Primary";
    if (force) enforce(resource);
  };
  clusterWide(kernel, resource, {
    wanted: () => isEnded?.() !== true,
    refuse: (members) => {
      const refusal = kernel.change(resource, propose, { wish: true, trial: true });
      if (refusal !== undefined) return refusal;
      const isTaken = members.some((member) =>
        member !== resource && member.is.role === "Primary" && !member.options.allowTwoPrimaries
      );
      return isTaken ? TWO_PRIMARIES : undefined;
    },
    commit: (members) => {
      const forced = resource.devices.filter((device) =>
        device.is.disk !== "UpToDate" && mustBecomeUpToDate(device)
      );
      commitAll(kernel, members, (member) => {
        if (member === resource) {
          propose();
          return;
        }
        const connection = member.connectionTo(resource.node.nodeId);
        if (connection?.isConnected !== true) return;
        connection.is.peerRole = "Primary";
        for (const device of force ? forced : []) {
          const peer = connection.peerDevice(device.volume);
          if (peer !== undefined) peer.is.peerDisk = "UpToDate";
        }
      }, { promotes: resource });
      for (const device of resource.devices) {
        if (force && forced.includes(device)) newGeneration(device);
        else device.newGenerationDue = peerDevicesOf(device).some(isAway);
        device.exposed = generationShown(device);
      }
    },
    done,
  });
}

/** With force, a disk that is not UpToDate is declared to be, and peers that are away to be Outdated. */
function enforce(resource: ResourceObject): void {
  for (const device of resource.devices) {
    if (mustBecomeUpToDate(device)) device.is.disk = "UpToDate";
    for (const peer of peerDevicesOf(device)) {
      if (peer.is.peerDisk === "DUnknown" && !peer.peerClient) peer.is.peerDisk = "Outdated";
    }
  }
}

function mustBecomeUpToDate(device: DeviceObject): boolean {
  return isAtLeast(device.is.disk, "Inconsistent") &&
    !peerDevicesOf(device).some(({ is }) => is.peerDisk === "UpToDate");
}

function isAway(
  { is, peerClient }: { is: { peerDisk: string; replication: string }; peerClient: boolean },
): boolean {
  return !peerClient && (is.replication === "Off" || is.peerDisk !== "UpToDate");
}

export interface DemoteOptions {
  readonly force?: boolean;
}

export function demote(kernel: Kernel, resource: ResourceObject, { force }: DemoteOptions, done: Done): void {
  if (resource.is.role !== "Primary") {
    done(undefined);
    return;
  }
  const ignoreOpeners = force === true;
  const propose = () => resource.is.role = "Secondary";
  clusterWide(kernel, resource, {
    refuse: () => kernel.change(resource, propose, { wish: true, trial: true, ignoreOpeners }),
    commit: (members) => {
      commitAll(kernel, members, (member) => {
        if (member === resource) propose();
        const connection = member.connectionTo(resource.node.nodeId);
        if (connection?.isConnected === true) connection.is.peerRole = "Secondary";
      }, { demotes: resource, ignoreOpeners });
      for (const device of resource.devices) device.newGenerationDue = false;
    },
    done,
  });
}

/** Exit codes of the handler fence-peer(8) that say the peer cannot go on: it is Outdated, or was shot. */
const PEER_IS_OUT: ReadonlySet<number> = new Set([4, 7]);

/** Calls the handler for every peer of which nobody knows whether it goes on. */
export function fencePeers(kernel: Kernel, resource: ResourceObject, then: () => void = () => {}): void {
  const connections = resource.connections.filter((connection) =>
    !connection.isConnected &&
    connection.peerDevices.some(({ is, peerClient }) => is.peerDisk === "DUnknown" && !peerClient)
  );
  let open = connections.length;
  if (open === 0) then();
  for (const connection of connections) {
    kernel.world.help(resource, "fence-peer", { connection }, (exitCode) => {
      if (PEER_IS_OUT.has(exitCode) && !connection.isConnected) {
        kernel.change(resource, () => {
          for (const peer of connection.peerDevices) {
            if (peer.is.peerDisk === "DUnknown") peer.is.peerDisk = "Outdated";
          }
        });
      }
      open--;
      if (open === 0) then();
    });
  }
}

/** Declares fresh disks on all connected nodes equal and UpToDate: `new-current-uuid --clear-bitmap`. */
export function skipInitialSync(kernel: Kernel, device: DeviceObject): Refusal | undefined {
  const { resource } = device;
  const members = kernel.world.nodes.flatMap((node) => node.resourceOf(resource.config) ?? [])
    .filter((member) =>
      member === resource || resource.connectionTo(member.node.nodeId)?.isConnected === true
    );
  const devices = members.flatMap((member) => member.device(device.volume) ?? []);
  const fresh = devices.filter(({ disk }) => disk !== undefined);
  if (fresh.some(({ is }) => is.disk !== "Inconsistent")) return NO_UP_TO_DATE_DISK;
  newGeneration(device);
  for (const { disk } of fresh) {
    if (disk === undefined || device.disk === undefined) continue;
    disk.generation = device.disk.generation;
    disk.outOfSyncKib.clear();
  }
  for (const member of members) {
    kernel.change(member, () => {
      const mine = member.device(device.volume);
      if (mine?.disk !== undefined) mine.is.disk = "UpToDate";
      for (const connection of member.connections) {
        // The one who declares it knows it of all.
        if (!connection.isConnected || (member !== resource && connection.peer !== resource.node)) continue;
        const peer = connection.peerDevice(device.volume);
        if (peer?.peerClient === false) peer.is.peerDisk = "UpToDate";
      }
    });
  }
  return undefined;
}
