/** A resource is configured in a kernel, step by step as drbdadm does it. */
import type { ResourceConfig, VolumeConfig } from "../config.ts";
import { attach } from "../changes/disks.ts";
import { ConnectionObject, DeviceObject, PeerDeviceObject, ResourceObject } from "../kernel/objects.ts";
import type { Done } from "../changes/roles.ts";
import { inSteps, simple, type Step } from "./steps.ts";
import type { Kernel } from "../kernel/transaction.ts";
import type { NodeState, World } from "../kernel/world.ts";

/** `drbdadm up`. A node whose disk is broken comes up without it. */
export function up(kernel: Kernel, node: NodeState, config: ResourceConfig, done: Done): void {
  const { world } = kernel;
  const resource = new ResourceObject(config, node.config);
  node.resources.push(resource);
  world.publish(resource, {});
  const newMinors = config.volumes.map((volume) => simple(() => addDevice(world, resource, volume)));
  const settle = simple(() => {
    kernel.change(resource, () => {});
  });
  inSteps(kernel, resource, [...newMinors, settle], () => adjust(kernel, resource, done));
}

/** `drbdadm adjust` of a resource that is there: brings what is missing, peers, disks, connections. */
export function adjust(kernel: Kernel, resource: ResourceObject, done: Done): void {
  const { world } = kernel;
  const { config } = resource;
  const peers = world.nodes.filter((other) => other.config !== resource.node && world.has(other, config));
  const missing = peers.filter(({ config: { nodeId } }) => resource.connectionTo(nodeId) === undefined);
  const attaches = config.volumes.map(({ volume }): Step => (next) => {
    const device = resource.device(volume);
    const disk = world.nodeOf(resource).disk(config, volume);
    if (device === undefined || device.client || device.is.disk !== "Diskless" || disk?.works !== true) {
      next(undefined);
    } else attach(kernel, device, () => next(undefined));
  });
  const connects = peers.map((peer) =>
    simple(() => {
      const connection = resource.connectionTo(peer.config.nodeId);
      if (connection !== undefined) connect(kernel, connection);
    })
  );
  const steps = [
    ...missing.map((peer) => simple(() => addPeer(world, resource, peer))),
    ...missing.map((peer) => simple(() => addPath(world, resource, peer))),
    ...attaches,
    ...connects,
  ];
  inSteps(kernel, resource, steps, done);
}

function isDiskless(config: ResourceConfig, node: NodeState): boolean {
  return config.diskless?.includes(node.name) === true;
}

function addDevice(world: World, resource: ResourceObject, volume: VolumeConfig): void {
  const { config, connections } = resource;
  const device = new DeviceObject(resource, volume, isDiskless(config, world.nodeOf(resource)));
  resource.devices.push(device);
  const peerDevices = connections.map((connection) => {
    const isClient = isDiskless(config, world.node(connection.peer.name));
    const peerDevice = new PeerDeviceObject(connection, device, isClient);
    connection.peerDevices.push(peerDevice);
    return peerDevice;
  });
  world.publish(resource, { devices: [device], peerDevices });
}

/** Nothing happens if somebody else was faster. */
function addPeer(world: World, resource: ResourceObject, peer: NodeState): void {
  if (resource.connectionTo(peer.config.nodeId) !== undefined) return;
  const connection = new ConnectionObject(resource, peer.config);
  for (const device of resource.devices) {
    connection.peerDevices.push(new PeerDeviceObject(connection, device, isDiskless(resource.config, peer)));
  }
  resource.connections.push(connection);
  resource.connections.sort((a, b) => a.peer.nodeId - b.peer.nodeId);
  world.publish(resource, { connections: [connection], peerDevices: connection.peerDevices });
}

function addPath(world: World, resource: ResourceObject, peer: NodeState): void {
  const { config, node } = resource;
  const connection = resource.connectionTo(peer.config.nodeId);
  if (connection === undefined || connection.paths.length > 0) return;
  connection.paths = [{
    local: `ipv4:${node.address}:${config.port}`,
    peer: `ipv4:${peer.config.address}:${config.port}`,
    established: false,
  }];
  world.publish(resource, { paths: connection.paths.map((path) => [connection, path]) });
}

/** Starts to look for the peer. */
export function connect(kernel: Kernel, connection: ConnectionObject): void {
  const { world } = kernel;
  const { resource } = connection;
  if (connection.is.connection !== "StandAlone") return;
  kernel.change(resource, () => connection.is.connection = "Unconnected");
  world.later(resource, world.draw(world.timing.latencyMs), () => {
    if (connection.is.connection !== "Unconnected") return;
    kernel.change(resource, () => connection.is.connection = "Connecting");
  });
}
