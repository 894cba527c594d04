/** A resource as one line for people. */
import type { Resource } from "../model/model.ts";

/** One line: role, disks here, and each peer with its connection or role and its disks. */
export function describeResource(resource: Resource): string {
  const { name, role, suspended, devices, connections, peerDevices } = resource;
  const disks = devices.map((device) => `${device.diskState}${device.quorum ? "" : " without quorum"}`).join(
    " ",
  );
  const peers = connections.map(({ peerNodeId, connName, connectionState, peerRole }) => {
    const state = connectionState === "Connected" ? peerRole : connectionState;
    const peerDisks = peerDevices.filter((each) => each.peerNodeId === peerNodeId).map((each) =>
      each.peerDiskState
    );
    return `${connName === "" ? peerNodeId : connName} ${[state, ...peerDisks].join(" ")}`;
  });
  const io = suspended.length === 0 ? [] : [`suspended by ${suspended.join(",")}`];
  return [`${name} ${role}`, disks || "no device", ...io, ...peers].join("; ");
}
