/** What all parts of the model share: nodes, the clock, randomness, the network, and who listens. */
import {
  type ClusterConfig,
  DEFAULT_RESYNC_KIB_PER_S,
  DEFAULT_TIMING,
  type NodeConfig,
  type Range,
  type ResourceConfig,
  type Timing,
} from "../config.ts";
import { Disk } from "./disk.ts";
import type { Group, Listener } from "../output/listener.ts";
import type { ResourceObject } from "./objects.ts";
import { type LossyLink, resendsMs } from "../network/packet_loss.ts";
import { EventQueue } from "../queue.ts";
import { Random } from "../random.ts";
import { type HelperSubject, helperText } from "../output/lines.ts";

/** A machine, powered or not. */
export class NodeState {
  powered = true;
  /** Those that are configured in its kernel, in the order they were. */
  readonly resources: ResourceObject[] = [];
  /** Its disks, by resource and volume; they outlive its power. */
  readonly disks = new Map<string, Disk>();
  readonly listeners = new Set<Listener>();
  /** Counts power losses: what was started in an earlier life is void. */
  life = 0;

  constructor(readonly config: NodeConfig) {}

  get name(): string {
    return this.config.name;
  }

  /** A resource by the name it has here now. */
  resource(name: string): ResourceObject | undefined {
    for (const resource of this.resources) if (resource.name === name) return resource;
    return undefined;
  }

  /** A resource by its configuration. */
  resourceOf(config: ResourceConfig): ResourceObject | undefined {
    return this.resources.find((resource) => resource.config === config);
  }

  disk(resource: ResourceConfig, volume: number): Disk | undefined {
    return this.disks.get(`${resource.name}/${volume}`);
  }
}

/** What a user-mode helper answers: its exit code, or undefined if it never does. */
export type HelperAnswer = (
  node: string,
  helper: string,
  resource: string,
  peer: string | undefined,
) => number | undefined;

/** Milliseconds that a given pair takes for something; undefined: drawn as for all others. */
export type Delay = (node: string, peer: string, resource: string) => number | undefined;

export class World {
  readonly queue = new EventQueue();
  readonly random: Random;
  readonly timing: Timing;
  readonly nodes: readonly NodeState[];
  readonly #nodes = new Map<string, NodeState>();
  /** Pairs of nodes that cannot reach one another, each both ways. */
  readonly cut = new Set<string>();
  /** Packets from one node to another that are lost, as `FROM>TO`; those of the other way arrive. */
  readonly cutWays = new Set<string>();
  /** The same as `cut` for one resource only. */
  readonly cutConnections = new Set<string>();
  helperAnswer: HelperAnswer = () => 0;
  /** Until a node notices that it lost a peer. */
  noticeDelay: Delay = () => undefined;
  /** Until two nodes that look for one another meet; asked for either of them. */
  meetDelay: Delay = () => undefined;
  /** How much longer packets take. */
  lagMs = 0;
  /** By pair of nodes: links that lose packets now and then. */
  readonly lossy = new Map<string, LossyLink>();
  /** How much slower than configured resyncs are. */
  slowness = 1;

  constructor(readonly config: ClusterConfig, seed: number) {
    this.random = new Random(seed);
    this.timing = { ...DEFAULT_TIMING, ...config.timing };
    this.nodes = config.nodes.map((node) => new NodeState(node));
    for (const node of this.nodes) this.#nodes.set(node.name, node);
    for (const resource of config.resources) {
      for (const node of this.nodes) {
        if (!this.has(node, resource) || resource.diskless?.includes(node.name) === true) continue;
        for (const { volume, sizeKib } of resource.volumes) {
          node.disks.set(`${resource.name}/${volume}`, new Disk(sizeKib));
        }
      }
    }
  }

  get nowMs(): number {
    return this.queue.nowMs;
  }

  draw(range: Range): number {
    return this.random.within(range);
  }

  /** A packet on its way from one to the other, or back. */
  drawLatency(a: NodeConfig, b: NodeConfig): number {
    return this.draw(this.timing.latencyMs) + this.lagMs + this.drawResendsMs(a, b);
  }

  /** How long a packet is late because it was lost, and sent again. */
  drawResendsMs(a: NodeConfig, b: NodeConfig): number {
    const { lossRate = 0 } = this.lossyLink(a, b) ?? {};
    return lossRate === 0 ? 0 : resendsMs(lossRate, this.random);
  }

  /** Undefined if the link of two nodes loses nothing. */
  lossyLink(a: NodeConfig, b: NodeConfig): LossyLink | undefined {
    return this.lossy.size === 0 ? undefined : this.lossy.get(pairOf(a.name, b.name));
  }

  /** @throws {RangeError} If there is no such node. */
  node(name: string): NodeState {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new RangeError(`No node is called "${name}"`);
    return node;
  }

  nodeOf(resource: ResourceObject): NodeState {
    return this.node(resource.node.name);
  }

  /** Whether a resource is configured for a node. */
  has(node: NodeState, resource: ResourceConfig): boolean {
    return resource.on === undefined || resource.on.includes(node.name);
  }

  /** After a while, if the resource is still there then. */
  later(resource: ResourceObject, delayMs: number, happen: () => void): void {
    this.queue.at(this.nowMs + delayMs, () => {
      if (!resource.gone) happen();
    });
  }

  /** Whether packets get from one to the other and back, both powered. */
  reaches(a: ResourceObject, b: NodeConfig): boolean {
    return this.carries(a, b) && !this.isCutWay(b, a.node);
  }

  /** Whether packets get from one to the other, both powered. */
  carries(a: ResourceObject, b: NodeConfig): boolean {
    const there = this.node(b.name);
    if (!this.nodeOf(a).powered || !there.powered) return false;
    if (this.cut.size > 0 && this.cut.has(pairOf(a.node.name, b.name))) return false;
    if (this.isCutWay(a.node, b)) return false;
    return this.cutConnections.size === 0 ||
      !this.cutConnections.has(`${a.config.name} ${pairOf(a.node.name, b.name)}`);
  }

  private isCutWay(from: NodeConfig, to: NodeConfig): boolean {
    return this.cutWays.size > 0 && this.cutWays.has(`${from.name}>${to.name}`);
  }

  /** KiB per second. */
  resyncRate(resource: ResourceObject): number {
    return (resource.config.resyncRateKibPerS ?? DEFAULT_RESYNC_KIB_PER_S) / this.slowness;
  }

  publish(resource: ResourceObject, group: Group): void {
    for (const listener of this.nodeOf(resource).listeners) listener.group(resource, group);
  }

  /** Runs a user-mode helper; `then` gets its exit code. */
  help(
    resource: ResourceObject,
    helper: string,
    subject: HelperSubject,
    then: (exitCode: number) => void = () => {},
  ): void {
    const { listeners } = this.nodeOf(resource);
    const say = (verb: string, more: string) => {
      for (const listener of listeners) {
        listener.line(resource, `${verb} ${helperText(resource, helper, subject)}${more}`);
      }
    };
    say("call", "");
    const exitCode = this.helperAnswer(
      resource.node.name,
      helper,
      resource.name,
      subject.connection?.peer.name,
    );
    if (exitCode === undefined) return;
    this.later(resource, this.draw(this.timing.helperMs), () => {
      say("response", ` status:${exitCode * 256}`);
      then(exitCode);
    });
  }
}

/** A name for two nodes, whichever comes first. */
export function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
