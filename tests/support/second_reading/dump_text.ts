/** A picture of the core as the dump that drbdsetup would print of it, made from the typed fields and counters. */
import type { Cluster } from "../../../src/drbd/model/cluster.ts";
import { DUMP_END } from "../core/events2_text.ts";
import type { Fields } from "./naive_reading.ts";
import { printedForm } from "./printed_form.ts";

/** The lines of the dump, its end included. */
export function dumpText(cluster: Cluster): string[] {
  const resources = Object.entries(printedForm(cluster));
  return [
    ...resources.flatMap(([name, { own, devices, connections, peerDevices, paths }]) => {
      const connName = (peer = "") => connections[peer]?.["conn-name"];
      const children = (
        object: string,
        group: Record<string, Fields>,
        identity: (...id: string[]) => string,
      ) =>
        Object.entries(group).map(([id, fields]) =>
          text(`${object} name:${name} ${identity(...id.split(" "))}`, fields)
        );
      return [
        text(`resource name:${name}`, own),
        ...children("connection", connections, (peer) => `peer-node-id:${peer}`),
        ...children("device", devices, (volume) => `volume:${volume}`),
        ...children(
          "peer-device",
          peerDevices,
          (peer, volume) => `peer-node-id:${peer} conn-name:${connName(peer)} volume:${volume}`,
        ),
        ...children(
          "path",
          paths,
          (peer, local, remote) =>
            `peer-node-id:${peer} conn-name:${connName(peer)} local:${local} peer:${remote}`,
        ),
      ];
    }),
    DUMP_END,
  ];
}

function text(who: string, fields: Fields): string {
  return ["exists", who, ...Object.entries(fields).map(([key, value]) => `${key}:${value}`)].join(" ");
}
