/** Links that lose packets: pings are not answered in time, and the connection is given up. */
import type { ConnectionObject } from "../kernel/objects.ts";
import { type LossyLink, timeoutProbability } from "./packet_loss.ts";
import type { Kernel } from "../kernel/transaction.ts";
import { pairOf } from "../kernel/world.ts";

/** From now on, the link of two nodes loses packets with this probability; 0: none any more. */
export function losePackets(kernel: Kernel, a: string, b: string, lossRate: number): void {
  const { lossy } = kernel.world;
  const pair = pairOf(a, b);
  lossy.delete(pair);
  if (lossRate === 0) return;
  const link: LossyLink = { lossRate };
  lossy.set(pair, link);
  pingOver(kernel, a, b, link);
}

/** Each end of each connection pings the other one once in an interval. */
function pingOver(kernel: Kernel, a: string, b: string, link: LossyLink): void {
  const { world } = kernel;
  const { pingIntMs, pingTimeoutMs } = world.timing;
  const isLossy = () => world.lossy.get(pairOf(a, b)) === link;
  const probability = timeoutProbability(link.lossRate, pingTimeoutMs);
  const ping = () => {
    if (!isLossy()) return;
    for (const [name, peer] of [[a, b], [b, a]] as const) {
      for (const resource of world.node(name).resources) {
        const connection = resource.connections.find((each) => each.peer.name === peer);
        if (connection?.session === undefined || !world.random.chance(probability)) continue;
        world.later(resource, world.random.between(0, pingIntMs), () => {
          if (isLossy()) losePing(kernel, connection);
        });
      }
    }
    world.queue.at(world.nowMs + pingIntMs, ping);
  };
  ping();
}

/** Nothing arrives any more, and after the ping's time-out this end gives up; the other one sees that it did. */
function losePing(kernel: Kernel, connection: ConnectionObject): void {
  const { world } = kernel;
  const { session, resource } = connection;
  if (session === undefined || session.isSilent) return;
  session.isSilent = true;
  world.later(resource, world.timing.pingTimeoutMs, () => {
    if (connection.session !== session || !connection.isConnected) return;
    kernel.change(resource, () => connection.is.connection = "NetworkFailure");
  });
}
