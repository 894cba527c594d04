/** Where resources are Primary, as seen from this node. */
import type { Cluster } from "../../drbd/model/cluster.ts";
import { describe } from "../../effects/describe.ts";
import { type Ctl, CtlError } from "../cli/ctl.ts";
import { drbdNow } from "./drbd_now.ts";
import { inTime } from "../cli/in_time.ts";

/** Of all resources, or of one. @throws {CtlError} If drbdsetup fails. */
export async function stateNow({ effects }: Pick<Ctl, "effects">, resource?: string): Promise<Cluster> {
  try {
    return await inTime(effects.clock, drbdNow(effects, resource));
  } catch (cause) {
    throw new CtlError(`Cannot read the state of DRBD: ${describe(cause)}`, {
      remedy: "run drbddctl as root on a node with DRBD; for details: drbdsetup status",
    });
  }
}

/** The node where a resource is Primary (`node` is this one); undefined if no node is, or none that can be seen. */
export function primaryOn(cluster: Cluster, resource: string, node: string): string | undefined {
  const found = cluster.get(resource);
  if (found?.role === "Primary") return node;
  return found?.connections.find(({ peerRole }) => peerRole === "Primary")?.connName;
}
