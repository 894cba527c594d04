/** What runs where: each node with its role, its disks and, for this one, its services. Pure. */
import { peerDevicesOf, type Resource } from "../../../drbd/model/model.ts";
import { peerName } from "../../../health/peers.ts";
import type { Facts, Known, Units } from "../facts/facts.ts";

export interface Place {
  readonly node: string;
  readonly isHere: boolean;
  /** Primary, Secondary, or Unknown as DRBD says it. */
  readonly role: string;
  /** States of its disks, each once. */
  readonly disks: string;
  /** Of a peer: the state of the connection, or how far a resync is. Of this node: its services. */
  readonly state: string;
}

/** This node first, then its peers; none where DRBD does not have the resource here, or says nothing. */
export function placesOf(facts: Facts): Place[] {
  const resource = "value" in facts.resource ? facts.resource.value : undefined;
  if (resource === undefined) return [];
  return [
    {
      node: facts.node,
      isHere: true,
      role: resource.role,
      disks: distinct(
        resource.devices.map(({ diskState, client }) => client === "yes" ? "Diskless client" : diskState),
      ),
      state: servicesText(facts),
    },
    ...resource.connections.map((connection) => ({
      node: peerName(connection),
      isHere: false,
      role: connection.peerRole,
      disks: distinct(
        peerDevicesOf(resource, connection.peerNodeId).map(({ peerDiskState, peerClient }) =>
          peerClient === "yes" ? "Diskless client" : peerDiskState
        ),
      ),
      state: connectionText(resource, connection),
    })),
  ];
}

function distinct(states: readonly string[]): string {
  return [...new Set(states)].join(", ");
}

function connectionText(
  resource: Resource,
  { connectionState, peerNodeId }: Resource["connections"][number],
): string {
  if (connectionState !== "Connected") return `not connected (${connectionState})`;
  const moving = peerDevicesOf(resource, peerNodeId).map(({ replicationState }) => replicationState)
    .filter((state) => state !== "Established" && state !== "Off");
  return moving.length === 0 ? "connected" : `connected, ${distinct(moving)}`;
}

function servicesText({ promoter, units, resource }: Facts): string {
  if (promoter === undefined) return "";
  if (promoter.config.runner === "shell") {
    const isPrimary = "value" in resource && resource.value?.role === "Primary";
    return isPrimary ? "shell commands" : "";
  }
  return unitsText(units);
}

function unitsText(units: Known<Units>): string {
  if ("unknown" in units) return "services not known";
  const { services, target } = units.value;
  if (services.length === 0) return `${target.name} is ${target.activeState}`;
  const active = services.filter(({ activeState }) => activeState === "active").length;
  const failed = services.filter(({ activeState }) => activeState === "failed").map(({ name }) => name);
  if (failed.length > 0) return `${failed.join(", ")} failed`;
  if (services.some(({ isFrozen }) => isFrozen)) return "services frozen";
  if (active === services.length) {
    return active === 1 ? `${services[0]?.name} active` : `all ${active} services active`;
  }
  return active === 0 ? "services stopped" : `${active} of ${services.length} services active`;
}
