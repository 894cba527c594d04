/** The demo's cluster: simulated machines with a simulated DRBD, a real drbdd on each, and what can be done to them. */
import { Model } from "../../../tests/simulation/model/model.ts";
import { ModelServer } from "../../../tests/support/drbdsetup/model_server.ts";
import { CLUSTER, configFiles, NODES, type PageAddress, RESOURCES } from "./definition.ts";
import { Daemons, type ProcessListeners } from "./daemons.ts";
import { Machine, type ServiceState } from "./machine.ts";

/** Any number will do: only the model's small delays depend on it. */
const SEED = 1;

export class DemoCluster implements AsyncDisposable {
  readonly #cutOff = new Set<string>();

  private constructor(
    readonly model: Model,
    readonly machines: ReadonlyMap<string, Machine>,
    readonly server: ModelServer,
    readonly daemons: Daemons,
  ) {}

  /** The nodes are up, with the same data, in time with the clock on the wall. DRBD and drbdd are not started yet. */
  static async open(directory: string, pages: readonly PageAddress[], listeners: ProcessListeners) {
    const model = new Model(CLUSTER, SEED);
    model.settle();
    for (const node of model.nodeNames) model.runNow(node, "drbdadm", "down", "all");
    const rootOf = (node: string) => `${directory}/nodes/${node}`;
    const runtimeOf = (node: string) => `${directory}/run-${node}`;
    const machines = new Map(
      model.nodeNames.map((node) => [node, new Machine(model, node, rootOf(node), runtimeOf(node))]),
    );
    const server = await ModelServer.start(model, directory, {
      systemctl: (node, args, done) => machines.get(node)?.systemctl(args, done),
      // The services of the demo log nothing.
      journalctl: (_node, _args, done) => done({ code: 0, stdout: "", stderr: "" }),
    });
    for (const { node, port } of pages) {
      const etc = `${rootOf(node)}/etc`;
      await Deno.mkdir(`${etc}/drbdd.d`, { recursive: true });
      for (const [name, text] of configFiles(etc, port)) await Deno.writeTextFile(`${etc}/${name}`, text);
      await machines.get(node)?.begin();
    }
    const daemons = new Daemons((node) => ({
      root: rootOf(node),
      runtime: runtimeOf(node),
      programs: server.programsOf(node),
      config: `${rootOf(node)}/etc/drbdd.toml`,
    }), listeners);
    server.keepTime(1);
    return new DemoCluster(model, machines, server, daemons);
  }

  // What is seen

  /** The nodes on which the service of a resource is up, and DRBD does not fail its I/O. */
  runsOn(resource: string): string[] {
    return NODES.filter((node) =>
      this.stateOf(node, serviceOf(resource)) === "running" &&
      this.model.writeOutcome(node, resource, 0) !== "io-error"
    );
  }

  /** The nodes on which the service of a resource is, and could write now. More than one must never be. */
  writesOn(resource: string): string[] {
    return this.existsOn(resource).filter((node) => this.model.writeOutcome(node, resource, 0) === "written");
  }

  /** The nodes on which a process of the service exists, whatever its state. */
  existsOn(resource: string): string[] {
    const states: readonly ServiceState[] = ["running", "starting", "stopping"];
    return NODES.filter((node) => states.includes(this.stateOf(node, serviceOf(resource))));
  }

  readonly stateOf = (node: string, service: string): ServiceState =>
    this.#machine(node).isPowered ? this.#machine(node).stateOf(service) : "stopped";

  /** All that DRBD knows of a node is as it should be. */
  isHealthy(node: string): boolean {
    return this.model.isPowered(node) && RESOURCES.every(({ name }) => {
      const resource = this.model.resource(node, name);
      return resource?.devices.every(({ is }) => is.disk === "UpToDate") === true &&
        resource.connections.every(({ is }) => is.connection === "Connected");
    });
  }

  isPowered(node: string): boolean {
    return this.model.isPowered(node);
  }

  // What is done

  powerOff(node: string): void {
    this.daemons.kill(node);
    this.#machine(node).crash();
    this.server.cutOff(node);
  }

  /** When the node has booted, drbdd is started there, which brings DRBD's resources up. */
  powerOn(node: string): void {
    this.model.boot(node, async () => {
      await this.#machine(node).begin();
      if (this.model.isPowered(node)) this.daemons.start(node);
    });
  }

  isCutOff(node: string): boolean {
    return this.#cutOff.has(node);
  }

  /** The node reaches nobody any more. */
  cutOff(node: string): void {
    this.#cutOff.add(node);
    this.#applyCuts();
  }

  reconnect(node: string): void {
    this.#cutOff.delete(node);
    this.#applyCuts();
  }

  failDisk(node: string, resource: string): void {
    this.model.failDisk(node, resource, 0);
  }

  /** The disk works again, and an administrator attaches it. */
  repairDisk(node: string, resource: string): void {
    this.model.repairDisk(node, resource, 0);
    this.model.run(node, { program: "drbdadm", args: ["adjust", resource] });
  }

  /** The program of the service dies, and cannot be started on this node any more. */
  breakService(node: string, resource: string): void {
    this.#machine(node).breakService(serviceOf(resource));
  }

  repairServices(node: string): void {
    this.#machine(node).broken.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemons.stopAll();
    for (const machine of this.machines.values()) machine.crash();
    await this.server[Symbol.asyncDispose]();
  }

  #applyCuts(): void {
    this.model.partition([NODES.filter((node) => !this.#cutOff.has(node))]);
  }

  #machine(node: string): Machine {
    const machine = this.machines.get(node);
    if (machine === undefined) throw new RangeError(`No node is called "${node}"`);
    return machine;
  }
}

/** The service of a resource. @throws {RangeError} If there is no such resource. */
export function serviceOf(resource: string): string {
  const found = RESOURCES.find(({ name }) => name === resource);
  if (found === undefined) throw new RangeError(`No resource is called "${resource}"`);
  return found.service;
}
