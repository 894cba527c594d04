/** What a resource's peers say of its role, and which of them say nothing. */
import type { ObservedResource } from "./observed.ts";

type Connection = ObservedResource["connections"][number];

/** What a peer is called: its connection's name, or its number if that is empty. */
export function peerName({ connName, peerNodeId }: Pick<Connection, "connName" | "peerNodeId">): string {
  return connName === "" ? `node ${peerNodeId}` : connName;
}

/** Peers that are Primary, as far as this node can see. */
export function primaryPeers({ connections }: Pick<ObservedResource, "connections">): string[] {
  return connections.filter(({ peerRole }) => peerRole === "Primary").map(peerName);
}

/** Peers whose role this node cannot see. */
export function unseenPeers({ connections }: Pick<ObservedResource, "connections">): string[] {
  return connections.filter(({ connectionState }) => connectionState !== "Connected").map(peerName);
}

/** Whether another node may be Primary without this node seeing it. */
export function isPrimaryUnseen(resource: ObservedResource): boolean {
  return resource.role !== "Primary" && primaryPeers(resource).length === 0 &&
    unseenPeers(resource).length > 0;
}
