/** The roles of a resource's peers, as far as this node knows them. */
import type { ObservedResource } from "./observed.ts";

type Connection = ObservedResource["connections"][number];

/** A peer's name: that of its connection, or its node id if that is empty. */
export function peerName({ connName, peerNodeId }: Pick<Connection, "connName" | "peerNodeId">): string {
  return connName === "" ? `node ${peerNodeId}` : connName;
}

/** Peers known to be Primary. */
export function primaryPeers({ connections }: Pick<ObservedResource, "connections">): string[] {
  return connections.filter(({ peerRole }) => peerRole === "Primary").map(peerName);
}

/** Peers whose role is unknown here. */
export function unseenPeers({ connections }: Pick<ObservedResource, "connections">): string[] {
  return connections.filter(({ connectionState }) => connectionState !== "Connected").map(peerName);
}

/** Whether a peer may be Primary without this node knowing. */
export function isPrimaryUnseen(resource: ObservedResource): boolean {
  return resource.role !== "Primary" && primaryPeers(resource).length === 0 &&
    unseenPeers(resource).length > 0;
}
