/** Whether a group of nodes would have quorum without one of them, as far as this node can see. Pure. */
import { peerDevicesOf, type Resource } from "../../../drbd/model/model.ts";
import { peerName } from "../../../health/peers.ts";

export interface Votes {
  /** Nodes with a disk that would still be there. */
  readonly present: number;
  /** Nodes with a disk, wherever they are. */
  readonly all: number;
  readonly isEnough: boolean;
}

/** This node, where peers have their names. */
export const HERE = "";

/**
 * `lost` is the node that would be gone: a peer's name, `HERE`, or undefined for none. Undefined where DRBD asks for no
 * quorum. Source: calc_quorum() in drbd_state.c; that a peer is outdated is not taken into account.
 */
export function votesWithout(
  resource: Resource,
  quorum: string | undefined,
  lost: string | undefined,
): Votes | undefined {
  if (quorum === undefined || quorum === "off") return undefined;
  const nodes = [
    {
      name: HERE,
      isThere: true,
      hasDisk: resource.devices.some(({ client }) => client !== "yes"),
    },
    ...resource.connections.map((connection) => {
      const disks = peerDevicesOf(resource, connection.peerNodeId);
      return {
        name: peerName(connection),
        isThere: connection.connectionState === "Connected",
        hasDisk: disks.length === 0 || disks.some(({ peerClient }) => peerClient !== "yes"),
      };
    }),
  ];
  const left = nodes.filter(({ name, isThere }) => isThere && name !== lost);
  const all = nodes.filter(({ hasDisk }) => hasDisk).length;
  const present = left.filter(({ hasDisk }) => hasDisk).length;
  return { present, all, isEnough: isEnough() };

  function isEnough(): boolean {
    if (quorum === "all") return present === all;
    if (quorum !== "majority") return present >= Number(quorum);
    if (present * 2 !== all) return present * 2 > all;
    // Half of the disks: those without one decide.
    const tiebreakers = nodes.length - all;
    return tiebreakers > 0 && (left.length - present) * 2 > tiebreakers;
  }
}
