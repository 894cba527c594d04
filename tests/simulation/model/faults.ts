/** What goes wrong: power, network, disks; and how it comes back. */
import type { ResourceConfig } from "./config.ts";
import { meetAll } from "./network/connecting.ts";
import { loseResource } from "./changes/after_state_change.ts";
import { fail } from "./changes/disks.ts";
import { networkChanged } from "./network/sessions.ts";
import type { Kernel } from "./kernel/transaction.ts";
import { type NodeState, pairOf } from "./kernel/world.ts";

/** Power fails. What is not on disk is lost. */
export function crash(kernel: Kernel, node: NodeState): void {
  if (!node.powered) return;
  node.powered = false;
  node.life++;
  for (const resource of node.resources.splice(0)) loseResource(resource);
  for (const listener of node.listeners) listener.ended = "node lost";
  node.listeners.clear();
  reachChanged(kernel);
}

export function boot(kernel: Kernel, node: NodeState, ready: () => void): void {
  if (node.powered) return;
  const { world } = kernel;
  const life = ++node.life;
  world.queue.at(world.nowMs + world.draw(world.timing.bootMs), () => {
    if (node.life !== life) return;
    node.powered = true;
    reachChanged(kernel);
    ready();
  });
}

export function partition(kernel: Kernel, groups: readonly (readonly string[])[]): void {
  const { world } = kernel;
  const groupOf = (name: string) => groups.findIndex((group) => group.includes(name));
  world.cut.clear();
  world.cutWays.clear();
  for (const [place, { name }] of world.nodes.entries()) {
    for (const { name: other } of world.nodes.slice(place + 1)) {
      if (groupOf(name) < 0 || groupOf(name) !== groupOf(other)) world.cut.add(pairOf(name, other));
    }
  }
  reachChanged(kernel);
}

export function cutLink(kernel: Kernel, a: string, b: string): void {
  kernel.world.cut.add(pairOf(a, b));
  reachChanged(kernel);
}

export function repairLink(kernel: Kernel, a: string, b: string): void {
  kernel.world.cut.delete(pairOf(a, b));
  reachChanged(kernel);
}

/** What `from` sends does not arrive at `to`; the other way is open. */
export function cutWay(kernel: Kernel, from: string, to: string): void {
  kernel.world.cutWays.add(`${from}>${to}`);
  reachChanged(kernel);
}

export function heal(kernel: Kernel): void {
  kernel.world.cut.clear();
  kernel.world.cutWays.clear();
  kernel.world.cutConnections.clear();
  reachChanged(kernel);
}

export function cutConnection(kernel: Kernel, resource: string, a: string, b: string): void {
  kernel.world.cutConnections.add(`${resource} ${pairOf(a, b)}`);
  reachChanged(kernel);
}

export function repairConnection(kernel: Kernel, resource: string, a: string, b: string): void {
  kernel.world.cutConnections.delete(`${resource} ${pairOf(a, b)}`);
  reachChanged(kernel);
}

export function failDisk(kernel: Kernel, node: NodeState, config: ResourceConfig, volume: number): void {
  const disk = node.disk(config, volume);
  if (disk === undefined || !disk.works) return;
  disk.works = false;
  const device = node.resourceOf(config)?.device(volume);
  if (device !== undefined) fail(kernel, device);
}

export function repairDisk(node: NodeState, config: ResourceConfig, volume: number): void {
  const disk = node.disk(config, volume);
  if (disk !== undefined) disk.works = true;
}

export function replaceDisk(node: NodeState, config: ResourceConfig, volume: number): void {
  node.disk(config, volume)?.replace();
}

function reachChanged(kernel: Kernel): void {
  networkChanged(kernel);
  meetAll(kernel);
}
