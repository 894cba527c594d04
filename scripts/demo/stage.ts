/** What a story is played on: a simulated cluster, and a real drbdd on each of its nodes. */
import { type ClusterConfig, nodesNamed } from "../../tests/simulation/model/config.ts";
import type { CommandResult } from "../../tests/simulation/model/commands.ts";
import type { Model, OpenDevice } from "../../tests/simulation/model/model.ts";

/** Nodes that a person can remember. */
export const NODES = ["alpha", "beta", "gamma"] as const;

const VOLUMES = [
  { name: "web", minor: 1, sizeKib: 64 * 1024 },
  { name: "db", minor: 2, sizeKib: 96 * 1024 },
];

/** Fast enough to watch: machines boot in seconds, a lost peer is noticed after one or two. */
export const CLUSTER: ClusterConfig = {
  nodes: nodesNamed(...NODES),
  resources: VOLUMES.map(({ name, minor, sizeKib }, place) => ({
    name,
    port: 7000 + place,
    volumes: [{ volume: 0, minor, sizeKib, backingDev: `/dev/vg/${name}` }],
    resyncRateKibPerS: 14 * 1024,
  })),
  timing: { bootMs: [2_000, 2_500], pingIntMs: 1_200, connectMs: [100, 700], connectRetryMs: [500, 1_000] },
};

/** What the stage does with the daemons. */
export interface Daemons {
  start(node: string): void;
  /** As a power loss: nothing is said any more. */
  kill(node: string): void;
}

export class Stage {
  readonly #users = new Map<string, OpenDevice>();

  constructor(readonly model: Model, readonly daemons: Daemons, readonly told: (text: string) => void) {}

  /** Runs drbdadm; if it is refused, that is told. */
  admin(node: string, ...args: readonly string[]): void {
    this.model.run(node, { program: "drbdadm", args }, (result) => this.#tellRefusal(node, args, result));
  }

  #tellRefusal(node: string, args: readonly string[], { code, stderr }: CommandResult): void {
    if (code !== 0) {
      this.told(`${node}: drbdadm ${args.join(" ")} is refused: ${stderr.split("\n")[0] ?? ""}`);
    }
  }

  /** A service begins to use a resource, and writes. */
  use(node: string, resource: string): void {
    this.release(resource);
    const device = this.model.open(node, resource, 0, "service");
    if (device === undefined) return;
    this.#users.set(resource, device);
    device.write(6 * 1024);
  }

  /** The service of a resource writes on. */
  write(resource: string, kib: number): void {
    this.#users.get(resource)?.write(kib);
  }

  /** The service of a resource stops. */
  release(resource: string): void {
    this.#users.get(resource)?.close();
    this.#users.delete(resource);
  }

  powerOff(node: string): void {
    this.model.crash(node);
    this.daemons.kill(node);
  }

  powerOn(node: string): void {
    this.model.boot(node, () => {
      this.daemons.start(node);
      this.admin(node, "up", "all");
    });
  }
}

/** One moment of a story. */
export interface Act {
  readonly atMs: number;
  /** For the person who watches. */
  readonly say: string;
  readonly do?: (stage: Stage) => void;
}
