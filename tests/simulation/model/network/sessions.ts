/** How two ends of a connection talk: packets, cuts of the network, and how a loss is noticed. */
import type { NodeConfig } from "../config.ts";
import type { ConnectionObject, ResourceObject, Session } from "../kernel/objects.ts";
import type { Kernel } from "../kernel/transaction.ts";
import type { World } from "../kernel/world.ts";

/** The other end, if it is still there and known. */
export function otherEnd(connection: ConnectionObject): ConnectionObject | undefined {
  const { session } = connection;
  if (session === undefined) return undefined;
  const other = session.ends[0] === connection ? session.ends[1] : session.ends[0];
  return other.session === session && !other.resource.gone ? other : undefined;
}

/** The end of the same connection on the peer, whatever its state. */
export function counterpart(world: World, connection: ConnectionObject): ConnectionObject | undefined {
  const node = world.node(connection.peer.name);
  return node.powered
    ? node.resourceOf(connection.resource.config)?.connectionTo(connection.resource.node.nodeId)
    : undefined;
}

export function join(a: ConnectionObject, b: ConnectionObject): void {
  const session: Session = { ends: [a, b], held: [], lastPackets: [], isSilent: false };
  a.session = session;
  b.session = session;
}

/** Whether this end is connected to somebody who does not answer: it may not know yet. */
export function isBroken(world: World, connection: ConnectionObject): boolean {
  return isCut(world, connection) || connection.session?.isSilent === true;
}

/** The other end is not there any more, or cannot be reached. */
function isCut(world: World, connection: ConnectionObject): boolean {
  return otherEnd(connection) === undefined || !world.reaches(connection.resource, connection.peer);
}

/** Sends a packet; `receive` gets the other end if it arrives. Packets never overtake one another. */
export function send(
  { world }: Kernel,
  from: ConnectionObject,
  receive: (to: ConnectionObject) => void,
): void {
  const { session } = from;
  if (session === undefined) return;
  const way = session.ends[0] === from ? 0 : 1;
  const to = session.ends[1 - way] as ConnectionObject;
  const arrive = () => {
    if (to.session !== session || to.resource.gone) return;
    if (session.isSilent || !world.carries(from.resource, to.resource.node)) session.held.push(arrive);
    else if (to.unread !== undefined) to.unread.push(arrive);
    else receive(to);
  };
  if (session.held.length > 0) {
    session.held.push(arrive);
    return;
  }
  const last = session.lastPackets[way];
  // Packets sent in one go arrive in one go.
  const arrivalMs = last?.sentMs === world.nowMs
    ? last.arrivalMs
    : Math.max(world.nowMs + world.drawLatency(from.resource.node, from.peer), last?.arrivalMs ?? 0);
  session.lastPackets[way] = { sentMs: world.nowMs, arrivalMs };
  world.queue.at(arrivalMs, arrive);
}

/** The receiver of a connection is busy until the function returned is called; then it reads what came. */
export function keepBusy(connection: ConnectionObject): () => void {
  const unread: (() => void)[] = [];
  connection.unread = unread;
  return () => {
    if (connection.unread === unread) connection.unread = undefined;
    for (const arrive of unread) arrive();
  };
}

/** The network changed: connections that cannot go on notice after a while, those that can go on. */
export function networkChanged(kernel: Kernel): void {
  for (const node of kernel.world.nodes) {
    for (const resource of node.resources) {
      for (const connection of resource.connections) {
        if (connection.session === undefined) continue;
        // Nobody who is not answered goes on, even if it receives from the other one.
        if (isCut(kernel.world, connection)) watch(kernel, connection);
        else if (!connection.session.isSilent) deliverHeld(kernel.world, connection.session);
      }
    }
  }
}

function deliverHeld(world: World, session: Session): void {
  for (const arrive of session.held.splice(0)) world.queue.at(world.nowMs, arrive);
}

/** Notices after a while that a connection is broken, unless it is not any more. */
export function watch(kernel: Kernel, connection: ConnectionObject): void {
  const { world } = kernel;
  const { session, resource } = connection;
  const isReachable = world.reaches(resource, connection.peer);
  const delayMs = isReachable
    ? world.draw(world.timing.latencyMs)
    : noticeDelayMs(world, resource, connection.peer);
  world.later(resource, delayMs, () => {
    if (connection.session !== session || !isBroken(world, connection) || !connection.isConnected) return;
    // A peer that lives but knows nothing of the connection resets it; from others nothing comes at all.
    const cause = world.reaches(resource, connection.peer) ? "BrokenPipe" : "NetworkFailure";
    kernel.change(resource, () => connection.is.connection = cause);
  });
}

/** The next ping goes out some time in its interval, and has its time-out to be answered. */
function noticeDelayMs(world: World, resource: ResourceObject, peer: NodeConfig): number {
  const { pingIntMs, pingTimeoutMs } = world.timing;
  return world.noticeDelay(resource.node.name, peer.name, resource.config.name) ??
    world.random.between(0, pingIntMs) + pingTimeoutMs;
}
