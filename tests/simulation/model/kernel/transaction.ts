/** Changes of state of one resource on one node: proposed, completed by the rules, checked, published. */
import {
  type ConnectionObject,
  type DeviceObject,
  isSuspended,
  type PeerDeviceObject,
  peerDevicesOf,
  type ResourceObject,
} from "./objects.ts";
import { quorumOf } from "./quorum.ts";
import { hasData, sanitize } from "./sanitize.ts";
import { isAtLeast } from "./states.ts";
import type { World } from "./world.ts";

/** Why a state change was refused, as the kernel says it. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
  /** What the kernel adds. */
  readonly info?: readonly string[];
}

/** What a change has changed. */
export interface Changes {
  readonly resource: ResourceObject;
  readonly connections: readonly ConnectionObject[];
  readonly devices: readonly DeviceObject[];
  readonly peerDevices: readonly PeerDeviceObject[];
}

export interface ChangeOptions {
  /** The change is a wish and can be refused; otherwise it is a fact. */
  readonly wish?: boolean;
  /** Only asks whether it would be refused. */
  readonly trial?: boolean;
  /** Openers do not hinder a demotion: their I/O fails from then on. */
  readonly ignoreOpeners?: boolean;
}

/** What changes state, on all nodes. */
export class Kernel {
  /** Notified of every change that was made, to bring about what follows from it; only later, never at once. */
  consequences: (changes: Changes) => void = () => {};

  constructor(readonly world: World) {}

  /** Applies `propose` to the state of a resource; says why not if it is refused. */
  change(resource: ResourceObject, propose: () => void, options: ChangeOptions = {}): Refusal | undefined {
    if (resource.gone) return undefined;
    begin(resource);
    propose();
    if (options.ignoreOpeners === true && resource.devices.some((device) => device.isOpenForWriting)) {
      resource.is.forceIoFailures = true;
    }
    sanitize(resource);
    const refusal = options.wish === true ? objection(resource, options) : undefined;
    if (refusal !== undefined || options.trial === true) {
      takeBack(resource);
      return refusal;
    }
    const changes = changesOf(resource);
    if (changes === undefined) return undefined;
    this.world.publish(resource, changes);
    this.consequences(changes);
    return undefined;
  }
}

function begin(resource: ResourceObject): void {
  Object.assign(resource.was, resource.is);
  for (const connection of resource.connections) {
    Object.assign(connection.was, connection.is);
    for (const peer of connection.peerDevices) Object.assign(peer.was, peer.is);
  }
  for (const device of resource.devices) Object.assign(device.was, device.is);
}

function takeBack(resource: ResourceObject): void {
  Object.assign(resource.is, resource.was);
  for (const connection of resource.connections) {
    Object.assign(connection.is, connection.was);
    for (const peer of connection.peerDevices) Object.assign(peer.is, peer.was);
  }
  for (const device of resource.devices) Object.assign(device.is, device.was);
}

function changesOf(resource: ResourceObject): Changes | undefined {
  const connections = resource.connections.filter(({ is, was }) =>
    is.connection !== was.connection || is.peerRole !== was.peerRole
  );
  const devices = resource.devices.filter(({ is, was }) => is.disk !== was.disk || is.quorum !== was.quorum);
  const peerDevices: PeerDeviceObject[] = [];
  for (const connection of resource.connections) {
    for (const peer of connection.peerDevices) if (hasChanged(peer)) peerDevices.push(peer);
  }
  const { is, was } = resource;
  const itself = is.role !== was.role || is.forceIoFailures !== was.forceIoFailures ||
    isSuspended(is) !== isSuspended(was) || is.suspendedUser !== was.suspendedUser ||
    is.suspendedQuorum !== was.suspendedQuorum || is.suspendedNoData !== was.suspendedNoData ||
    is.suspendedFencing !== was.suspendedFencing || is.suspendedGeneration !== was.suspendedGeneration;
  if (!itself && connections.length + devices.length + peerDevices.length === 0) return undefined;
  return { resource, connections, devices, peerDevices };
}

function hasChanged({ is, was }: PeerDeviceObject): boolean {
  return is.replication !== was.replication || is.peerDisk !== was.peerDisk || is.stable !== was.stable ||
    is.suspendedUser !== was.suspendedUser || is.suspendedPeer !== was.suspendedPeer ||
    is.suspendedDependency !== was.suspendedDependency;
}

/** The rules for wishes: is_valid_soft_transition() in the kernel's drbd_state.c. */
function objection(resource: ResourceObject, options: ChangeOptions): Refusal | undefined {
  const { is, was } = resource;
  if (was.role !== "Primary" && is.role === "Primary") {
    const hasPrimaryPeer = resource.connections.some((connection) => connection.is.peerRole === "Primary");
    if (hasPrimaryPeer && !resource.options.allowTwoPrimaries) return TWO_PRIMARIES;
    if (is.forceIoFailures) return deviceInUse(resource);
  }
  if (was.role === "Primary" && is.role === "Secondary" && options.ignoreOpeners !== true) {
    if (resource.devices.some((device) => device.isOpenForWriting)) return deviceInUse(resource);
  }
  if (is.role !== "Primary") return undefined;
  for (const device of resource.devices) {
    const hadData = was.role === "Primary" && !hasData(device, "was");
    if (!hadData && !hasData(device, "is")) return NO_UP_TO_DATE_DISK;
    if ((was.role === "Secondary" || device.was.quorum) && !device.is.quorum) return noQuorum(device);
    if (resource.options.fencing === "dont-care") continue;
    for (const peer of peerDevicesOf(device)) {
      if (isUnfenced(peer, "is") && !(was.role === "Primary" && isUnfenced(peer, "was"))) return NOT_FENCED;
    }
  }
  return undefined;
}

function isUnfenced(peer: PeerDeviceObject, when: "is" | "was"): boolean {
  return peer[when].replication === "Off" && isAtLeast(peer[when].peerDisk, "DUnknown") && !peer.peerClient;
}

export const TWO_PRIMARIES: Refusal = { code: -1, text: "Multiple primaries not allowed by config" };
export const NO_UP_TO_DATE_DISK: Refusal = { code: -2, text: "Need access to UpToDate data" };
export const REFUSED_BY_PEER: Refusal = { code: -10, text: "State change was refused by peer node" };
/** Nobody asked for it, so nobody is answered. */
export const PRIMARY_IS_OUTDATED: Refusal = { code: -1, text: "I shall become SyncTarget, but I am primary" };
export const NOT_FENCED: Refusal = { code: -7, text: "Refusing to be Primary while peer is not outdated" };

function deviceInUse(resource: ResourceObject): Refusal {
  const info = resource.devices.filter((device) => device.openers.size > 0).flatMap((device) => [
    `/dev/drbd${device.minor} open_cnt:${device.openers.size}, writable:${
      device.isOpenForWriting ? 1 : 0
    }; list of openers follows`,
    ...Array.from(device.openers, ({ by }) => `drbd${device.minor} opened by ${by}`),
  ]);
  return { code: -12, text: "Device is held open by someone", info };
}

function noQuorum(device: DeviceObject): Refusal {
  const { visible, voters, needed } = quorumOf(device);
  const info = isAtLeast(device.is.disk, "Detaching")
    ? `${visible} of ${voters} nodes visible, need ${needed} for quorum`
    : "no UpToDate peer with quorum";
  return { code: -25, text: "No quorum", info: [info] };
}
