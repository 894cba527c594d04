/**
 * The metrics about DRBD, as tables. Names, labels and units of all that drbd-reactor shows are its own, since
 * dashboards and alert rules of its users select by them; ../README.md says which those are.
 */
import type { Device, Resource } from "../../../src/drbd/model/model.ts";
import { type DeviceStatistics, deviceStatistics } from "../../../src/drbd/model/statistics.ts";
import { DISK_STATES, ROLES, SUSPEND_REASONS, type Tristate } from "../../../src/drbd/model/vocabulary.ts";
import { CONNECTIONS, PATHS, PEER_DEVICES } from "./peer_tables.ts";
import { counter, gauge, KIB, state, type Table } from "./row.ts";

const RESOURCES: Table<Resource> = {
  labels: ["name"],
  subjects: (resource) => [resource],
  labelsOf: ({ name }) => [name],
  rows: [
    state("drbd_resource_role", "Role of the resource on this node", ROLES, ({ role }) => role),
    gauge(
      "drbd_resource_primary",
      "Whether the resource is Primary on this node",
      ({ role }) => role === "Primary",
    ),
    gauge(
      "drbd_resource_suspended",
      "Whether I/O of the resource is suspended, for whatever reason",
      ({ suspended }) => suspended.length > 0,
    ),
    {
      name: "drbd_resource_suspended_reason",
      type: "gauge",
      help: "Whether I/O of the resource is suspended for this reason",
      label: "reason",
      words: SUSPEND_REASONS,
      needs: undefined,
      holding: ({ suspended }) => suspended,
    },
    gauge(
      "drbd_resource_maypromote",
      "Whether the resource could be promoted on this node",
      ({ mayPromote }) => mayPromote,
    ),
    gauge(
      "drbd_resource_promotionscore",
      "How good the data of this node are for a promotion, higher is better",
      ({ promotionScore }) => promotionScore,
    ),
    gauge(
      "drbd_resource_forceiofailures",
      "Whether the resource was demoted by force, so that all I/O fails until nobody has it open",
      ({ forceIoFailures }) => forceIoFailures,
    ),
  ],
};

interface DeviceSubject {
  readonly resource: Resource;
  readonly device: Device;
  readonly statistics: DeviceStatistics;
}

const DEVICES: Table<DeviceSubject> = {
  labels: ["name", "volume", "minor"],
  subjects: (resource) =>
    resource.devices.map((device) => ({ resource, device, statistics: deviceStatistics(device) })),
  labelsOf: ({ resource, device }) => [resource.name, device.volume, device.minor ?? ""],
  rows: [
    state("drbd_device_state", "State of the local disk", DISK_STATES, ({ device }) => device.diskState),
    gauge(
      "drbd_device_uptodate",
      "Whether the local disk is UpToDate, no series where the device is diskless on purpose",
      // Without a series an alert on 0 needs no exception for clients.
      ({ device }) => device.client === "yes" ? undefined : device.diskState === "UpToDate",
    ),
    gauge(
      "drbd_device_client",
      "Whether the device is diskless on purpose",
      ({ device }) => yesNo(device.client),
    ),
    gauge("drbd_device_quorum", "Whether the device has quorum", ({ device }) => device.quorum),
    gauge("drbd_device_open", "Whether somebody has the device open", ({ device }) => yesNo(device.open)),
    gauge(
      "drbd_device_unintentionaldiskless",
      "Whether the device has no disk though it is meant to have one",
      ({ device }) => device.diskState === "Diskless" && device.client !== "yes",
    ),
    gauge("drbd_device_size_bytes", "Size of the device", ({ device }) => device.sizeKib, KIB),
    counter(
      "drbd_device_read_bytes_total",
      "Data read from the local disk",
      ({ statistics }) => statistics.readKib,
      KIB,
    ),
    counter(
      "drbd_device_written_bytes_total",
      "Data written to the local disk",
      ({ statistics }) => statistics.writtenKib,
      KIB,
    ),
    counter(
      "drbd_device_alwrites_total",
      "Writes to the activity log in the metadata",
      ({ statistics }) => statistics.alWrites,
    ),
    counter(
      "drbd_device_bmwrites_total",
      "Writes to the bitmap in the metadata",
      ({ statistics }) => statistics.bmWrites,
    ),
    gauge(
      "drbd_device_upperpending",
      "Requests to the device that are not yet answered",
      ({ statistics }) => statistics.upperPending,
    ),
    gauge(
      "drbd_device_lowerpending",
      "Requests of DRBD to the local disk that are not yet answered",
      ({ statistics }) => statistics.lowerPending,
    ),
    gauge(
      "drbd_device_alsuspended",
      "Whether writing to the activity log is suspended",
      ({ statistics }) => statistics.alSuspended,
    ),
  ],
};

/** Takes a table together with its subjects, whatever those are. */
export interface TableVisitor {
  table<Subject>(table: Table<Subject>): void;
}

/** Shows `visitor` all tables, in the order of the output. */
export function visitTables(visitor: TableVisitor): void {
  visitor.table(RESOURCES);
  visitor.table(CONNECTIONS);
  visitor.table(PEER_DEVICES);
  visitor.table(DEVICES);
  visitor.table(PATHS);
}

function yesNo(tristate: Tristate): boolean | undefined {
  return tristate === "yes" ? true : tristate === "no" ? false : undefined;
}
