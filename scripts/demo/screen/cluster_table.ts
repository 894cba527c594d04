/** The cluster as a few lines of text: a table for each resource. */
import type { DeviceObject, ResourceObject } from "../../../tests/simulation/model/kernel/objects.ts";
import { peerDevicesOf } from "../../../tests/simulation/model/kernel/objects.ts";
import type { Model } from "../../../tests/simulation/model/model.ts";
import { RESOURCES } from "../nodes/definition.ts";
import type { ServiceState } from "../nodes/machine.ts";
import type { Paint } from "./paint.ts";

/** What the table shows. */
export interface ShownCluster {
  readonly model: Model;
  /** What systemd of a node knows of a service. */
  stateOf(node: string, service: string): ServiceState;
}

const BAR_CELLS = 8;
const WIDTHS = { node: 9, role: 11, disk: 24, quorum: 8, service: 12 };

/** A heading, and a line for each node, for each resource. No line is longer than 79 columns. */
export function clusterTable(cluster: ShownCluster, paint: Paint): string[] {
  return RESOURCES.flatMap(({ name, service }) => [
    paint.bold(
      `${name.padEnd(WIDTHS.node)}${"role".padEnd(WIDTHS.role)}${"disk".padEnd(WIDTHS.disk)}` +
        `${"quorum".padEnd(WIDTHS.quorum)}${service.padEnd(WIDTHS.service)}connected to`,
    ),
    ...cluster.model.nodeNames.map((node) => nodeLine(cluster, node, name, service, paint)),
  ]);
}

function nodeLine(
  { model, stateOf }: ShownCluster,
  node: string,
  name: string,
  service: string,
  paint: Paint,
): string {
  const label = node.padEnd(WIDTHS.node);
  if (!model.isPowered(node)) return label + paint.bad("no power");
  const resource = model.resource(node, name);
  const device = resource?.devices[0];
  if (resource === undefined || device === undefined) return label + paint.dim("not up in DRBD yet");
  return label + roleCell(resource, paint) + diskCell(device, model.nowMs, paint) +
    quorumCell(device, paint) + serviceCell(stateOf(node, service), paint) + peersCell(resource, paint);
}

function roleCell({ is }: ResourceObject, paint: Paint): string {
  const text = is.role.padEnd(WIDTHS.role);
  return is.role === "Primary" ? paint.strong(text) : text;
}

function diskCell(device: DeviceObject, nowMs: number, paint: Paint): string {
  const { disk } = device.is;
  const runs = peerDevicesOf(device).filter(({ is }) => is.replication === "SyncTarget");
  const done = runs[0]?.resync?.donePercent(nowMs);
  if (done !== undefined) return paint.warn(`${disk} ${bar(done)}`.padEnd(WIDTHS.disk));
  const text = disk.padEnd(WIDTHS.disk);
  if (disk === "UpToDate") return paint.good(text);
  return disk === "Diskless" || disk === "Failed" ? paint.bad(text) : paint.warn(text);
}

function bar(percent: number): string {
  const filled = Math.round(percent * BAR_CELLS / 100);
  return `[${"#".repeat(filled)}${".".repeat(BAR_CELLS - filled)}]`;
}

function quorumCell({ is }: DeviceObject, paint: Paint): string {
  return is.quorum ? paint.good("yes".padEnd(WIDTHS.quorum)) : paint.bad("no".padEnd(WIDTHS.quorum));
}

function serviceCell(state: ServiceState, paint: Paint): string {
  const text = (state === "stopped" ? "-" : state).padEnd(WIDTHS.service);
  switch (state) {
    case "running":
      return paint.strong(text);
    case "failed":
      return paint.bad(text);
    case "stopped":
      return paint.dim(text);
    case "starting":
    case "stopping":
      return paint.warn(text);
  }
}

function peersCell({ connections }: ResourceObject, paint: Paint): string {
  const connected = connections.filter(({ is }) => is.connection === "Connected");
  const text = connected.map(({ peer }) => peer.name).join(" ");
  if (connected.length === connections.length) return paint.good(text);
  return text === "" ? paint.bad("nobody") : paint.warn(text);
}
