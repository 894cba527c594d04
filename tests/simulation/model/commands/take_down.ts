/** Taking leave: connections end in an orderly way, and a resource is taken down step by step as drbdsetup does it. */
import { clusterWide, commitAll } from "../changes/cluster_wide.ts";
import { becomeDiskless } from "../changes/disks.ts";
import type { ConnectionObject, ResourceObject } from "../kernel/objects.ts";
import { demote, type Done } from "../changes/roles.ts";
import { otherEnd } from "../network/sessions.ts";
import { isAtLeast } from "../kernel/states.ts";
import { inSteps, type Step } from "./steps.ts";
import { type Kernel, REFUSED_BY_PEER } from "../kernel/transaction.ts";

/** Takes leave of a peer; `done` is called when the connection is StandAlone. */
export function disconnect(kernel: Kernel, connection: ConnectionObject, force: boolean, done: Done): void {
  const { world } = kernel;
  const { resource } = connection;
  const wait = () => {
    if (connection.is.connection === "StandAlone") done(undefined);
    else world.later(resource, world.draw(world.timing.latencyMs), wait);
  };
  const leave = () => {
    if (connection.is.connection !== "Disconnecting" && connection.is.connection !== "StandAlone") {
      kernel.change(resource, () => connection.is.connection = "Disconnecting");
    }
    wait();
  };
  if (connection.is.connection === "StandAlone") {
    done(undefined);
  } else if (!connection.isConnected || force) {
    leave();
  } else {
    const propose = () => connection.is.connection = "Disconnecting";
    clusterWide(kernel, resource, {
      refuse: () => {
        const other = otherEnd(connection);
        if (!connection.isConnected || other === undefined) return undefined;
        const trial = { wish: true, trial: true };
        const isHard = kernel.change(other.resource, () =>
          other.is.connection = "TearDown", trial) !== undefined;
        return kernel.change(resource, propose, trial) ?? (isHard ? REFUSED_BY_PEER : undefined);
      },
      commit: (members) => {
        if (connection.isConnected) commitFarewell(kernel, connection, members);
      },
      done: (refusal) => {
        if (refusal === undefined) leave();
        else done(refusal);
      },
    });
  }
}

/** A Primary that takes leave of a Secondary, or the other way round, leaves the Secondary's data Outdated. */
function commitFarewell(
  kernel: Kernel,
  connection: ConnectionObject,
  members: readonly ResourceObject[],
): void {
  const { resource } = connection;
  const other = otherEnd(connection);
  const leavesSecondary = resource.is.role === "Primary" && connection.is.peerRole === "Secondary";
  const leavesPrimary = resource.is.role === "Secondary" && connection.is.peerRole === "Primary";
  const outdatePeer = (end: ConnectionObject) => {
    for (const peer of end.peerDevices) {
      if (isAtLeast(peer.is.peerDisk, "Consistent")) peer.is.peerDisk = "Outdated";
    }
  };
  const outdate = (member: ResourceObject) => {
    for (const device of member.devices) {
      if (isAtLeast(device.is.disk, "Consistent")) device.is.disk = "Outdated";
    }
  };
  commitAll(kernel, members, (member) => {
    if (member === resource) {
      connection.is.connection = "Disconnecting";
      if (leavesSecondary) outdatePeer(connection);
      if (leavesPrimary) outdate(resource);
    } else if (other !== undefined && member === other.resource) {
      other.is.connection = "TearDown";
      if (leavesSecondary) outdate(member);
      if (leavesPrimary) outdatePeer(other);
    }
  });
}

export function down(kernel: Kernel, resource: ResourceObject, done: Done): void {
  const { world } = kernel;
  const demotion: Step = (next) => demote(kernel, resource, {}, next);
  const farewells = [...resource.connections].flatMap((connection): Step[] => [
    (next) => disconnect(kernel, connection, false, next),
    (next) => {
      world.publish(resource, { destroyedPaths: connection.paths.map((path) => [connection, path]) });
      connection.paths = [];
      if (remove(resource.connections, connection)) {
        world.publish(resource, { destroyedConnections: [connection] });
        kernel.consequences({ resource, connections: [], devices: [], peerDevices: [] });
      }
      next(undefined);
    },
  ]);
  const removals = [...resource.devices].flatMap((device): Step[] => [
    (next) => {
      if (device.is.disk === "Diskless") {
        next(undefined);
        return;
      }
      kernel.change(resource, () => device.is.disk = "Detaching");
      becomeDiskless(kernel, device, () => next(undefined));
    },
    (next) => {
      if (remove(resource.devices, device)) {
        world.publish(resource, { destroyedDevices: [device] });
        kernel.consequences({ resource, connections: [], devices: [], peerDevices: [] });
      }
      next(undefined);
    },
  ]);
  const end: Step = (next) => {
    resource.gone = true;
    remove(world.nodeOf(resource).resources, resource);
    world.publish(resource, { destroyed: true });
    next(undefined);
  };
  inSteps(kernel, resource, [demotion, ...farewells, ...removals, end], done);
}

/** False if it was not there: somebody else takes the same resource down. */
function remove<Item>(items: Item[], item: Item): boolean {
  const place = items.indexOf(item);
  if (place >= 0) items.splice(place, 1);
  return place >= 0;
}
