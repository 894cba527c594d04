/**
 * A simulated DRBD 9 cluster: what the kernels of all nodes hold, how it changes by commands, faults and time, and
 * what drbdsetup prints of it.
 *
 * Everything happens inside `advance`; the same configuration, seed and calls give the same lines. Nothing here knows
 * a real clock or real randomness.
 */
import { type Command, type CommandResult, runCommand } from "./commands/commands.ts";
import type { ClusterConfig, ResourceConfig } from "./config.ts";
import { afterStateChange } from "./changes/after_state_change.ts";
import * as faults from "./faults.ts";
import { close, open, write, type WriteOutcome, writeOutcome } from "./changes/io.ts";
import { Listener } from "./output/listener.ts";
import { losePackets } from "./network/lossy_links.ts";
import type { DeviceObject, Opener, ResourceObject } from "./kernel/objects.ts";
import { isBroken } from "./network/sessions.ts";
import { type Changes, Kernel } from "./kernel/transaction.ts";
import { type Delay, type HelperAnswer, type NodeState, World } from "./kernel/world.ts";

/** A device that somebody has open. */
export interface OpenDevice {
  /** Writes so many KiB. After the node was lost, nothing can be written. */
  write(kib: number): WriteOutcome;
  close(): void;
}

export class Model {
  readonly #world: World;
  readonly #kernel: Kernel;
  /** The listeners behind `takeLines`, each from the first time it is asked for. */
  readonly #feeds = new Map<string, Listener>();
  /** Notified of every change of state, on all nodes. */
  onChange: (changes: Changes) => void = () => {};

  constructor(readonly config: ClusterConfig, seed: number) {
    this.#world = new World(config, seed);
    this.#kernel = new Kernel(this.#world);
    this.#kernel.consequences = (changes) => {
      afterStateChange(this.#kernel, changes);
      this.onChange(changes);
    };
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }

  /** When something happens by itself next; undefined if nothing ever will. */
  nextEventMs(): number | undefined {
    return this.#world.queue.nextMs();
  }

  /** Lets time pass until `toMs`. */
  advance(toMs: number): void {
    this.#world.queue.advance(toMs);
  }

  /** Lets time pass until a condition holds. @throws {Error} If it does not within `withinMs`. */
  advanceUntil(condition: () => boolean, withinMs = 600_000): void {
    const limitMs = this.nowMs + withinMs;
    while (!condition()) {
      const next = this.nextEventMs();
      if (next === undefined || next > limitMs) throw new Error("What was waited for did not happen");
      this.advance(next);
    }
  }

  get nodeNames(): string[] {
    return this.config.nodes.map(({ name }) => name);
  }

  isPowered(node: string): boolean {
    return this.#world.node(node).powered;
  }

  /** What the kernel of a node holds, in a list that stays up to date; to be looked at only. */
  resources(node: string): readonly ResourceObject[] {
    return this.#world.node(node).resources;
  }

  resource(node: string, name: string): ResourceObject | undefined {
    return this.#world.node(node).resource(name);
  }

  /** Answers of user-mode helpers; all exit with 0 if not set. */
  set helperAnswer(answer: HelperAnswer) {
    this.#world.helperAnswer = answer;
  }

  /** How long nodes take to notice that they lost a peer; drawn from the ping options if not set. */
  set noticeDelay(delay: Delay) {
    this.#world.noticeDelay = delay;
  }

  /** How long nodes that look for one another take to meet; drawn from `connectMs` if not set. */
  set meetDelay(delay: Delay) {
    this.#world.meetDelay = delay;
  }

  // What drbdsetup prints

  /** Starts a `drbdsetup events2 --full --poll`; its first lines are the dump. */
  listen(node: string, resourceName?: string): Listener {
    const state = this.#world.node(node);
    const listener = new Listener(() => this.nowMs, resourceName);
    if (state.powered) {
      state.listeners.add(listener);
      listener.dump(state.resources);
    } else {
      listener.ended = "node lost";
    }
    return listener;
  }

  /** Ends what `listen` started. */
  unlisten(node: string, listener: Listener): void {
    listener.ended ??= "closed";
    this.#world.node(node).listeners.delete(listener);
  }

  /** A request for statistics to a listener: the `n` on its standard input. */
  requestStatistics(node: string, listener: Listener): void {
    listener.refresh(this.#world.node(node).resources);
  }

  /** A dump of the present state, `exists -` included, as another drbdsetup would print it. */
  dump(node: string, resourceName?: string): string[] {
    const listener = new Listener(() => this.nowMs, resourceName);
    listener.dump(this.#world.node(node).resources);
    return listener.take().flat();
  }

  /**
   * The lines printed on a node since the last call, in the groups they were printed in. The first call after a
   * start of the node begins with a dump.
   */
  takeLines(node: string): string[][] {
    let feed = this.#feeds.get(node);
    if (feed === undefined || (feed.ended !== undefined && this.isPowered(node))) {
      feed = this.listen(node);
      this.#feeds.set(node, feed);
    }
    return feed.take();
  }

  // What people and programs do

  /** Runs drbdsetup or drbdadm on a node. `done` is called with the result when it is there, never at once. */
  run(node: string, command: Command, done: (result: CommandResult) => void = () => {}): void {
    runCommand(this.#kernel, this.#world.node(node), command, done);
  }

  /** The same, letting time pass until the result is there. */
  runNow(node: string, program: "drbdsetup" | "drbdadm", ...args: readonly string[]): CommandResult {
    let result: CommandResult | undefined;
    this.run(node, { program, args }, (found) => result = found);
    this.advanceUntil(() => result !== undefined);
    return result as CommandResult;
  }

  /** Opens a device; undefined if that is refused, as on a Secondary. */
  open(node: string, name: string, volume: number, by: string, writable = true): OpenDevice | undefined {
    const device = this.resource(node, name)?.device(volume);
    if (device === undefined) return undefined;
    const opener: Opener = { writable, by };
    if (open(this.#kernel, device, opener) === undefined) return undefined;
    return {
      write: (kib) => isOpen(device, opener) && writable ? write(this.#kernel, device, kib) : "io-error",
      close: () => close(this.#kernel, device, opener),
    };
  }

  /** What a write on a node would become now; undefined if there is no such device. */
  writeOutcome(node: string, name: string, volume: number): WriteOutcome | undefined {
    const device = this.resource(node, name)?.device(volume);
    return device === undefined ? undefined : writeOutcome(this.#kernel, device);
  }

  /** A connected peer does not answer, and nobody has noticed yet: DRBD waits for it. */
  hasUnnoticedLoss(resource: ResourceObject): boolean {
    return resource.connections.some((connection) =>
      connection.isConnected && isBroken(this.#world, connection)
    );
  }

  // What goes wrong

  crash(node: string): void {
    faults.crash(this.#kernel, this.#world.node(node));
  }

  /** Powers a node on; `ready` is called when DRBD can be configured there. */
  boot(node: string, ready: () => void = () => {}): void {
    faults.boot(this.#kernel, this.#world.node(node), ready);
  }

  /** Only nodes of the same group reach one another. Nodes that are in no group are alone. */
  partition(groups: readonly (readonly string[])[]): void {
    faults.partition(this.#kernel, groups);
  }

  /** Two nodes do not reach one another; others are not touched. */
  cutLink(a: string, b: string): void {
    faults.cutLink(this.#kernel, a, b);
  }

  /** What `from` sends does not reach `to`, but the other way round. */
  cutWay(from: string, to: string): void {
    faults.cutWay(this.#kernel, from, to);
  }

  repairLink(a: string, b: string): void {
    faults.repairLink(this.#kernel, a, b);
  }

  /** Two nodes reach one another, but each packet between them is lost with this probability; 0: none any more. */
  losePackets(a: string, b: string, lossRate: number): void {
    losePackets(this.#kernel, a, b, lossRate);
  }

  /** All nodes reach one another again, all connections too. */
  heal(): void {
    faults.heal(this.#kernel);
  }

  /** One connection of one resource is cut. */
  cutConnection(resource: string, a: string, b: string): void {
    faults.cutConnection(this.#kernel, resource, a, b);
  }

  repairConnection(resource: string, a: string, b: string): void {
    faults.repairConnection(this.#kernel, resource, a, b);
  }

  /** The disk of a volume gets unusable. */
  failDisk(node: string, resource: string, volume: number): void {
    faults.failDisk(this.#kernel, this.#world.node(node), this.#configOf(resource), volume);
  }

  /** The disk can be attached again, with the data it had. */
  repairDisk(node: string, resource: string, volume: number): void {
    faults.repairDisk(this.#world.node(node), this.#configOf(resource), volume);
  }

  /** A new disk without any data replaces one that failed. */
  replaceDisk(node: string, resource: string, volume: number): void {
    faults.replaceDisk(this.#world.node(node), this.#configOf(resource), volume);
  }

  /** Packets take so much longer, in ms. */
  set lagMs(lagMs: number) {
    this.#world.lagMs = lagMs;
  }

  /** Resyncs that begin from here on are so many times slower than configured. */
  set slowness(factor: number) {
    this.#world.slowness = factor;
  }

  /** Brings everything up and waits until all disks are UpToDate, without an initial sync: where most begin. */
  settle(): void {
    for (const { name } of this.config.nodes) this.runNow(name, "drbdadm", "up", "all");
    const nodes = this.#world.nodes;
    this.advanceUntil(() => nodes.every(isConnected));
    for (const { name, volumes } of this.config.resources) {
      const node = nodes.find((node) => node.resource(name)?.devices.some((device) => !device.client));
      if (node === undefined) continue;
      for (const { volume } of volumes) {
        this.runNow(node.name, "drbdadm", "new-current-uuid", "--clear-bitmap", `${name}/${volume}`);
      }
    }
    this.advanceUntil(() => nodes.every(isUpToDate));
  }

  #configOf(name: string): ResourceConfig {
    const config = this.config.resources.find((resource) => resource.name === name);
    if (config === undefined) throw new RangeError(`No resource is called "${name}"`);
    return config;
  }
}

function isOpen(device: DeviceObject, opener: Opener): boolean {
  return !device.resource.gone && device.openers.has(opener);
}

function isConnected(node: NodeState): boolean {
  return node.resources.every((resource) =>
    resource.connections.every((connection) => connection.isConnected)
  );
}

function isUpToDate(node: NodeState): boolean {
  return node.resources.every((resource) =>
    resource.devices.every((device) => device.client || device.is.disk === "UpToDate") &&
    resource.connections.every((connection) =>
      connection.peerDevices.every((peer) => peer.peerClient || peer.is.peerDisk === "UpToDate")
    )
  );
}
