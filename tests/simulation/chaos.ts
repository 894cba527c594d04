/** Random clusters, and things that people and schedule do to them. All of it follows from a seed. */
import { type ClusterConfig, nodesNamed, type ResourceConfig } from "./model/config.ts";
import type { Model, OpenDevice } from "./model/model.ts";
import { Random } from "./model/random.ts";

const NAMES = ["alpha", "beta", "gamma", "delta", "epsilon"];

/** Two to five nodes, one to three resources of one or two volumes, if wanted now and then a node without a disk. */
export function randomCluster(random: Random, withDiskless = true): ClusterConfig {
  const nodes = nodesNamed(...NAMES.slice(0, random.between(2, NAMES.length)));
  const resources = Array.from({ length: random.between(1, 3) }, (_, place): ResourceConfig => ({
    name: `res-${place}`,
    port: 7000 + place,
    volumes: Array.from({ length: random.between(1, 2) }, (_, volume) => ({
      volume,
      minor: 10 * place + volume,
      sizeKib: 1024 * random.between(16, 256),
      backingDev: `/dev/vg/res-${place}_${volume}`,
    })),
    diskless: withDiskless && nodes.length > 2 && random.chance(0.4) ? [random.pick(nodes).name] : [],
    options: {
      onNoQuorum: random.pick(["io-error", "suspend-io"]),
      fencing: random.chance(0.1) ? "resource-and-stonith" : "dont-care",
    },
    resyncRateKibPerS: 1024 * random.between(5, 100),
  }));
  return {
    nodes,
    resources,
    timing: { bootMs: [5_000, 30_000], pingIntMs: random.pick([1_000, 3_000, 10_000]) },
  };
}

/** Weights of what can happen. */
interface Chance {
  readonly weight: number;
  /** Can cause a split brain, which only a person can resolve. A node that lost its disk still counts for quorum. */
  readonly reckless?: boolean;
  readonly act: (chaos: Chaos) => void;
}

const CHANCES: readonly Chance[] = [
  { weight: 8, act: (chaos) => chaos.admin("primary") },
  { weight: 4, act: (chaos) => chaos.admin("secondary") },
  { weight: 2, act: (chaos) => chaos.admin("secondary", "--force") },
  { weight: 1, reckless: true, act: (chaos) => chaos.admin("primary", "--force") },
  { weight: 2, act: (chaos) => chaos.admin("disconnect") },
  { weight: 3, act: (chaos) => chaos.admin("connect") },
  { weight: 2, reckless: true, act: (chaos) => chaos.admin("detach") },
  { weight: 3, act: (chaos) => chaos.admin("attach") },
  { weight: 2, act: (chaos) => chaos.admin("down") },
  { weight: 5, act: (chaos) => chaos.admin("adjust") },
  { weight: 1, act: (chaos) => chaos.admin("suspend-io") },
  { weight: 2, act: (chaos) => chaos.admin("resume-io") },
  { weight: 1, act: (chaos) => chaos.rename() },
  { weight: 1, reckless: true, act: (chaos) => chaos.setup("resource-options", "--quorum=off") },
  { weight: 1, act: (chaos) => chaos.setup("resource-options", "--quorum=majority") },
  { weight: 1, act: (chaos) => chaos.setup("resource-options", "--on-no-quorum=suspend-io") },
  { weight: 1, act: (chaos) => chaos.setup("resource-options", "--on-no-quorum=io-error") },
  { weight: 8, act: (chaos) => chaos.use() },
  { weight: 4, act: (chaos) => chaos.close() },
  { weight: 2, act: (chaos) => chaos.crash() },
  { weight: 4, act: (chaos) => chaos.boot() },
  { weight: 2, act: (chaos) => chaos.partition() },
  { weight: 4, act: (chaos) => chaos.model.heal() },
  { weight: 1, act: (chaos) => chaos.cutConnection() },
  { weight: 1, reckless: true, act: (chaos) => chaos.failDisk() },
  { weight: 2, act: (chaos) => chaos.repairDisk() },
  { weight: 1, act: (chaos) => chaos.model.slowness = chaos.random.pick([1, 1, 2, 5]) },
];

export class Chaos {
  readonly #chances: readonly Chance[];
  readonly #weight: number;
  #open: OpenDevice[] = [];

  constructor(readonly model: Model, readonly random: Random, options: { readonly reckless: boolean }) {
    this.#chances = CHANCES.filter(({ reckless }) => options.reckless || reckless !== true);
    this.#weight = this.#chances.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** One thing happens. */
  act(): void {
    let rest = this.random.next() * this.#weight;
    for (const { weight, act } of this.#chances) {
      rest -= weight;
      if (rest < 0) {
        act(this);
        return;
      }
    }
  }

  /** Everything is there again, and nobody uses anything; then time passes until all is quiet. */
  calm(): void {
    const { model } = this;
    for (const device of this.#open.splice(0)) device.close();
    model.slowness = 1;
    model.heal();
    for (const node of model.nodeNames) if (!model.isPowered(node)) model.boot(node);
    for (const node of model.nodeNames) this.#repairDisks(node);
    model.advance(model.nowMs + 60_000);
    for (let round = 0; round < 3; round++) {
      for (const node of model.nodeNames) {
        for (const { name } of model.resources(node)) {
          model.run(node, { program: "drbdadm", args: ["resume-io", name] });
          model.run(node, { program: "drbdadm", args: ["secondary", name] });
        }
      }
      model.advance(model.nowMs + 60_000);
      for (const node of model.nodeNames) model.run(node, { program: "drbdadm", args: ["adjust", "all"] });
      model.advance(model.nowMs + 600_000);
    }
  }

  #repairDisks(node: string): void {
    for (const { name, volumes } of this.model.config.resources) {
      for (const { volume } of volumes) this.model.repairDisk(node, name, volume);
    }
  }

  #node(): string {
    return this.random.pick(this.model.nodeNames);
  }

  #config(): ResourceConfig {
    return this.random.pick(this.model.config.resources);
  }

  /** A resource by the name it has on a node. */
  #name(node: string): string {
    const config = this.#config();
    return this.model.resources(node).find((resource) => resource.config === config)?.name ?? config.name;
  }

  admin(verb: string, ...options: readonly string[]): void {
    const node = this.#node();
    this.model.run(node, { program: "drbdadm", args: [verb, ...options, this.#name(node)] });
  }

  setup(verb: string, ...options: readonly string[]): void {
    const node = this.#node();
    this.model.run(node, { program: "drbdsetup", args: [verb, this.#name(node), ...options] });
  }

  rename(): void {
    const node = this.#node();
    const name = this.#name(node);
    const newName = name.endsWith("-new") ? name.slice(0, -"-new".length) : `${name}-new`;
    this.model.run(node, { program: "drbdsetup", args: ["rename-resource", name, newName] });
  }

  use(): void {
    const node = this.#node();
    const volume = this.random.pick(this.#config().volumes).volume;
    const device = this.model.open(node, this.#name(node), volume, "fio", this.random.chance(0.8));
    if (device === undefined) return;
    device.write(this.random.between(1, 100_000));
    this.#open.push(device);
  }

  close(): void {
    this.#open.pop()?.close();
  }

  crash(): void {
    this.model.crash(this.#node());
  }

  boot(): void {
    const node = this.random.pick(this.model.nodeNames);
    this.model.boot(node, () => this.model.run(node, { program: "drbdadm", args: ["up", "all"] }));
  }

  partition(): void {
    const names = this.random.shuffled(this.model.nodeNames);
    const cut = this.random.between(1, names.length - 1);
    this.model.partition([names.slice(0, cut), names.slice(cut)]);
  }

  cutConnection(): void {
    const [a, b] = this.random.shuffled(this.model.nodeNames);
    if (a !== undefined && b !== undefined) this.model.cutConnection(this.#config().name, a, b);
  }

  failDisk(): void {
    const config = this.#config();
    this.model.failDisk(this.#node(), config.name, this.random.pick(config.volumes).volume);
  }

  repairDisk(): void {
    const config = this.#config();
    const { volume } = this.random.pick(config.volumes);
    this.model.repairDisk(this.#node(), config.name, volume);
  }
}
