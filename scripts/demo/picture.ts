/** The cluster as a few lines of text. */
import type { ConnectionObject, DeviceObject, ResourceObject } from "../../tests/simulation/model/objects.ts";
import { peerDevicesOf } from "../../tests/simulation/model/objects.ts";
import type { Model } from "../../tests/simulation/model/model.ts";
import type { Paint } from "./paint.ts";

const BAR_CELLS = 10;
const WIDTHS = { node: 10, role: 12, disk: 26, quorum: 10 };

/** Two lines and one for each node, for each resource. */
export function picture(model: Model, paint: Paint): string[] {
  return model.config.resources.flatMap(({ name }) => [
    paint.bold(
      `${name.padEnd(WIDTHS.node + 2)}${"role".padEnd(WIDTHS.role)}${"disk".padEnd(WIDTHS.disk)}` +
        `${"quorum".padEnd(WIDTHS.quorum)}connections`,
    ),
    ...model.nodeNames.map((node) => `  ${nodeLine(model, node, name, paint)}`),
    "",
  ]);
}

function nodeLine(model: Model, node: string, name: string, paint: Paint): string {
  if (!model.isPowered(node)) return `${node.padEnd(WIDTHS.node)}${paint.dim("no power")}`;
  const resource = model.resource(node, name);
  const device = resource?.devices[0];
  if (resource === undefined || device === undefined) {
    return `${node.padEnd(WIDTHS.node)}${paint.dim("not configured")}`;
  }
  return node.padEnd(WIDTHS.node) + roleCell(resource, paint) + diskCell(device, model.nowMs, paint) +
    quorumCell(device, paint) +
    resource.connections.map((connection) => connectionCell(connection, paint)).join("  ");
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

function connectionCell({ is, peer }: ConnectionObject, paint: Paint): string {
  const text = `${peer.name}:${is.connection === "Connected" ? "ok" : is.connection}`;
  return is.connection === "Connected" ? paint.good(text) : paint.bad(text);
}
