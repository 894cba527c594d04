/** Keys with which a person fails things in the demo's cluster. */
import { NODES, RESOURCES } from "./nodes/definition.ts";

/** What can be done to the cluster, and what has to be known of it. */
export interface PlayedCluster {
  isPowered(node: string): boolean;
  powerOff(node: string): void;
  powerOn(node: string): void;
  isCutOff(node: string): boolean;
  cutOff(node: string): void;
  reconnect(node: string): void;
  failDisk(node: string, resource: string): void;
  repairDisk(node: string, resource: string): void;
  /** The nodes on which the service of a resource is up. */
  runsOn(resource: string): readonly string[];
  /** A service ends, and cannot be started on the node until the node's services are repaired. */
  breakService(node: string, resource: string): void;
  repairServices(node: string): void;
}

/** What keys reach. */
export interface PlayHost {
  readonly cluster: PlayedCluster;
  /** Says what was done. */
  narrate(text: string): void;
  control(node: string, args: readonly string[]): Promise<number>;
  quit(): void;
}

const QUIT_KEYS: ReadonlySet<string> = new Set(["q", "\x03", "\x04"]);

/** What can be pressed when `node` was chosen, in less than 80 columns. */
function helpFor(node: string): string {
  return `[${node}] 1-3 node, p power, n network, d disk, s service, e evict, h heal, q end`;
}

/** What can be pressed at the beginning. */
export const FIRST_KEYS = helpFor(NODES[0]);

/** Takes keys. Most of them do something to the node that was chosen last. */
export class Player {
  #node: string = NODES[0];
  /** Resources whose disk does not work, by node. */
  readonly #lostDisks = new Map<string, string[]>();
  #evicting = false;

  constructor(readonly host: PlayHost) {}

  get help(): string {
    return helpFor(this.#node);
  }

  press(key: string): void {
    const chosen = NODES[Number(key) - 1];
    if (chosen !== undefined) this.#node = chosen;
    else if (QUIT_KEYS.has(key)) this.host.quit();
    else this.#act(key, this.#node);
  }

  #act(key: string, node: string): void {
    const { cluster } = this.host;
    switch (key) {
      case "p":
        return this.#power(node);
      case "n":
        if (cluster.isCutOff(node)) cluster.reconnect(node);
        else cluster.cutOff(node);
        return this.host.narrate(
          `${node} ${cluster.isCutOff(node) ? "reaches nobody any more" : "is connected again"}`,
        );
      case "d":
        return this.#disks(node);
      case "s":
        return this.#services(node);
      case "e":
        return void this.#evict(node);
      case "h":
        return this.#heal();
    }
  }

  #power(node: string): void {
    const { cluster } = this.host;
    if (cluster.isPowered(node)) {
      cluster.powerOff(node);
      this.host.narrate(`${node} loses power`);
    } else {
      cluster.powerOn(node);
      this.host.narrate(`${node} is switched on`);
    }
  }

  #disks(node: string): void {
    const { cluster } = this.host;
    if (this.#lostDisks.has(node)) {
      this.#repairDisks(node);
      return this.host.narrate(`The disks of ${node} work again`);
    }
    const names = RESOURCES.map(({ name }) => name);
    this.#lostDisks.set(node, names);
    for (const name of names) cluster.failDisk(node, name);
    this.host.narrate(`All disks of ${node} fail`);
  }

  #repairDisks(node: string): void {
    for (const name of this.#lostDisks.get(node) ?? []) this.host.cluster.repairDisk(node, name);
    this.#lostDisks.delete(node);
  }

  #services(node: string): void {
    const { cluster } = this.host;
    const running = RESOURCES.filter(({ name }) => cluster.runsOn(name).includes(node));
    for (const { name } of running) cluster.breakService(node, name);
    const what = running.map(({ service }) => service).join(" and ");
    this.host.narrate(
      running.length === 0
        ? `No service runs on ${node}`
        : `On ${node} ${what} cannot be started any more, and ends`,
    );
  }

  async #evict(node: string): Promise<void> {
    const { cluster } = this.host;
    if (this.#evicting || !cluster.isPowered(node)) return;
    this.#evicting = true;
    this.host.narrate(`${node}: drbddctl evict`);
    await this.host.control(node, ["evict", "--all"]);
    this.#evicting = false;
  }

  #heal(): void {
    const { cluster } = this.host;
    for (const node of NODES) {
      cluster.reconnect(node);
      cluster.repairServices(node);
      this.#repairDisks(node);
      if (!cluster.isPowered(node)) cluster.powerOn(node);
    }
    this.host.narrate("Power, network, disks and services are back on all nodes");
  }
}
