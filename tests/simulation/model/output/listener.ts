/**
 * One run of `drbdsetup events2 --full --poll`: it knows what it has printed and prints what is different.
 *
 * It gets the groups that the kernel sends. Within a group: the resource's line, connections, devices, then for each
 * connection its peer-devices and paths, then what is destroyed.
 */
import {
  blockedText,
  connectionText,
  destroyConnectionLine,
  destroyDeviceLine,
  deviceText,
  pathIdentity,
  pathText,
  peerDeviceText,
  resourceText,
} from "./lines.ts";
import type {
  ConnectionObject,
  DeviceObject,
  PathObject,
  PeerDeviceObject,
  ResourceObject,
} from "../kernel/objects.ts";

/** Objects of one resource that changed together. */
export interface Group {
  readonly connections?: readonly ConnectionObject[];
  readonly devices?: readonly DeviceObject[];
  readonly peerDevices?: readonly PeerDeviceObject[];
  readonly paths?: readonly (readonly [ConnectionObject, PathObject])[];
  readonly destroyedPaths?: readonly (readonly [ConnectionObject, PathObject])[];
  readonly destroyedConnections?: readonly ConnectionObject[];
  readonly destroyedDevices?: readonly DeviceObject[];
  readonly destroyed?: boolean;
}

type Printed = ResourceObject | DeviceObject | ConnectionObject | PeerDeviceObject | PathObject;

export class Listener {
  /** Why it has ended; undefined while it runs. */
  ended: "closed" | "node lost" | undefined;
  /** Called when something was printed. */
  onLines: (() => void) | undefined;
  /** The last text of each object. */
  readonly #texts = new Map<Printed, string>();
  readonly #blocked = new Map<DeviceObject, string>();
  #groups: string[][] = [];
  /** The tool turns its lists round with every change. */
  #turned = true;

  /** `resourceName` restricts it to one resource. */
  constructor(readonly nowMs: () => number, readonly resourceName?: string) {}

  /** What was printed since it was last asked, in groups that belong together. */
  take(): string[][] {
    const groups = this.#groups;
    this.#groups = [];
    return groups;
  }

  /** Prints the first dump: one group for each resource, then its end. */
  dump(resources: readonly ResourceObject[]): void {
    this.#texts.clear();
    this.#blocked.clear();
    for (const resource of resources) {
      if (this.#concerns(resource)) this.#print(this.#linesOf(resource, "exists", all(resource)));
    }
    this.#print(["exists -"]);
  }

  /** A request for statistics: prints what is different. */
  refresh(resources: readonly ResourceObject[]): void {
    for (const resource of resources) {
      if (!this.#concerns(resource) || !this.#texts.has(resource)) continue;
      this.#print(this.#linesOf(resource, "change", this.#differences(resource)));
    }
  }

  /** The kernel publishes a change. */
  group(resource: ResourceObject, group: Group): void {
    if (!this.#concerns(resource)) return;
    this.#turned = !this.#turned;
    this.#print(this.#linesOf(resource, undefined, group));
  }

  /** A line that belongs to no group: a helper's. */
  line(resource: ResourceObject, text: string): void {
    if (this.#concerns(resource)) this.#print([text]);
  }

  /** The resource, so far called `oldName`, has another name. */
  rename(resource: ResourceObject, oldName: string): void {
    if (this.resourceName !== undefined && this.resourceName !== oldName) return;
    const { connections, devices, peerDevices, paths } = all(resource);
    this.#texts.set(resource, resourceText(resource));
    for (const connection of connections) this.#texts.set(connection, connectionText(connection));
    for (const device of devices) this.#texts.set(device, deviceText(device));
    for (const peer of peerDevices) this.#texts.set(peer, peerDeviceText(peer, this.nowMs()));
    for (const [connection, path] of paths) this.#texts.set(path, pathText(connection, path));
    this.#print([`rename resource name:${oldName} new_name:${resource.name}`]);
  }

  #concerns(resource: ResourceObject): boolean {
    return this.resourceName === undefined || this.resourceName === resource.name;
  }

  #print(lines: string[]): void {
    if (lines.length === 0 || this.ended !== undefined) return;
    this.#groups.push(lines);
    this.onLines?.();
  }

  #inOrder<Item>(items: readonly Item[] | undefined): readonly Item[] {
    if (items === undefined || items.length < 2) return items ?? [];
    return this.#turned ? items.toReversed() : items;
  }

  #linesOf(resource: ResourceObject, verb: "exists" | "change" | undefined, group: Group): string[] {
    const lines: string[] = [];
    const print = (object: Printed, text: string, more = "") => {
      lines.push(`${verb ?? (this.#texts.has(object) ? "change" : "create")} ${text}${more}`);
      this.#texts.set(object, text);
    };
    if (group.destroyed !== true) {
      const text = resourceText(resource);
      if (text !== this.#texts.get(resource)) print(resource, text);
    }
    const connections = this.#inOrder(group.connections);
    const peerDevices = this.#inOrder(group.peerDevices);
    for (const connection of connections) print(connection, connectionText(connection));
    for (const device of this.#inOrder(group.devices)) {
      print(device, deviceText(device), this.#newBlocked(device));
    }
    for (const connection of this.#inOrder(connectionsIn(group))) {
      for (const peer of peerDevices) {
        if (peer.connection === connection) print(peer, peerDeviceText(peer, this.nowMs()));
      }
      for (const [of, path] of group.paths ?? []) if (of === connection) print(path, pathText(of, path));
      for (const [of, path] of group.destroyedPaths ?? []) {
        if (of !== connection) continue;
        lines.push(`destroy ${pathIdentity(of, path)}`);
        this.#texts.delete(path);
      }
    }
    for (const connection of group.destroyedConnections ?? []) {
      lines.push(destroyConnectionLine(connection));
      this.#texts.delete(connection);
      for (const peer of connection.peerDevices) this.#texts.delete(peer);
    }
    for (const device of group.destroyedDevices ?? []) {
      lines.push(destroyDeviceLine(device));
      this.#texts.delete(device);
      this.#blocked.delete(device);
    }
    if (group.destroyed === true) {
      lines.push(`destroy resource name:${resource.name}`);
      this.#texts.delete(resource);
    }
    return lines;
  }

  #newBlocked(device: DeviceObject): string {
    const blocked = blockedText(device);
    if (this.#blocked.get(device) === blocked) return "";
    this.#blocked.set(device, blocked);
    return ` blocked:${blocked}`;
  }

  #differences(resource: ResourceObject): Group {
    const { connections, devices, peerDevices } = all(resource);
    return {
      connections: connections.filter((connection) =>
        connectionText(connection) !== this.#texts.get(connection)
      ),
      devices: devices.filter((device) =>
        deviceText(device) !== this.#texts.get(device) || blockedText(device) !== this.#blocked.get(device)
      ),
      peerDevices: peerDevices.filter((peer) => peerDeviceText(peer, this.nowMs()) !== this.#texts.get(peer)),
    };
  }
}

/** Connections whose children are in a group. */
function connectionsIn(group: Group): ConnectionObject[] {
  const connections = new Set<ConnectionObject>();
  for (const peer of group.peerDevices ?? []) connections.add(peer.connection);
  for (const [connection] of group.paths ?? []) connections.add(connection);
  for (const [connection] of group.destroyedPaths ?? []) connections.add(connection);
  return [...connections];
}

/** Everything of a resource, as after a change of everything. */
function all(resource: ResourceObject) {
  const { connections, devices } = resource;
  return {
    connections,
    devices,
    peerDevices: connections.flatMap((connection) => connection.peerDevices),
    paths: connections.flatMap((connection) =>
      connection.paths.map((path): [ConnectionObject, PathObject] => [connection, path])
    ),
  };
}
