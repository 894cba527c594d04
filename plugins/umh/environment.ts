/**
 * The environment of a command. Names and spellings are drbd-reactor's; additional ones follow its style, or the kernel's for its
 * helpers.
 *
 * Every variable of a rule's kind is always set, so that scripts can use `set -u`; it is empty if its value is unknown.
 */
import { connectionOf, type DeviceState } from "../../src/drbd/model/model.ts";
import type { HelperUpdate, Update } from "../../src/drbd/model/update.ts";
import { eventTypeOf, outcomeOf, peerNodeIdOf, volumeOf } from "./filters/event_fields.ts";
import { STATE_FIELDS } from "./filters/fields.ts";

type Variables = Record<string, string>;

/** Set for every command. Rules cannot change them. */
const FIXED = { HOME: "/", TERM: "Linux", PATH: "/sbin:/usr/sbin:/bin:/usr/bin" };

/** The parts of a rule that the environment uses. */
export interface RuleVariables {
  /** Its name, or a substitute. */
  readonly label: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The whole environment: nothing is inherited. The rule's own variables override those of the event. */
export function environmentOf(rule: RuleVariables, update: Update): Variables {
  return { ...eventVariables(update), DRBD_UMH_RULE: rule.label, ...rule.env, ...FIXED };
}

function eventVariables(update: Update): Variables {
  const variables: Variables = { DRBD_RES_NAME: update.name, DRBD_EVENT_TYPE: eventTypeOf(update) };
  if (update.type === "rename") {
    variables["DRBD_OLD_RES_NAME"] = update.name;
    variables["DRBD_NEW_RES_NAME"] = update.newName;
  }
  addVolumes(update, variables);
  addPeer(update, variables);
  for (const { variable, ...read } of Object.values(STATE_FIELDS[update.kind])) {
    variables[`DRBD_OLD_${variable}`] = text(read.old(update));
    variables[`DRBD_NEW_${variable}`] = text(read.new(update));
  }
  if (update.kind === "connection") variables["DRBD_CSTATE"] = variables["DRBD_NEW_CONN_STATE"] ?? "";
  if (update.kind === "path") {
    variables["DRBD_PATH_LOCAL"] = update.local;
    variables["DRBD_PATH_PEER"] = update.peer;
  }
  if (update.kind === "helper") addHelper(update, variables);
  return variables;
}

/**
 * Volumes of this node, also for peer-devices: DRBD does not know a peer's backing devices. A destroyed device is shown as it last was.
 */
function addVolumes(update: Update, variables: Variables): void {
  const devices = new Map<number, DeviceState>();
  for (const device of update.resource.devices) devices.set(device.volume, device);
  const own = update.kind === "device" ? update.new ?? update.old : undefined;
  if (own !== undefined) devices.set(own.volume, own);
  for (const [volume, device] of devices) {
    variables[`DRBD_MINOR_${volume}`] = text(device.minor);
    variables[`DRBD_BACKING_DEV_${volume}`] = device.backingDev ?? "none";
  }
  const volume = volumeOf(update);
  if (volume === undefined && update.kind !== "helper") return;
  const device = volume === undefined ? undefined : devices.get(volume);
  const minor = update.kind === "helper" ? update.helper.minor : device?.minor;
  variables["DRBD_VOLUME"] = text(volume);
  variables["DRBD_MINOR"] = text(minor);
  variables["DRBD_BACKING_DEV"] = volume === undefined ? "" : device?.backingDev ?? "none";
}

function addPeer(update: Update, variables: Variables): void {
  const peerNodeId = peerNodeIdOf(update);
  if (peerNodeId === undefined && update.kind !== "helper") return;
  variables["DRBD_PEER_NODE_ID"] = text(peerNodeId);
  variables["DRBD_PEER_NAME"] = peerNameOf(update, peerNodeId) ?? "";
}

/** The name of the connection to the peer, normally its host name. */
function peerNameOf(update: Update, peerNodeId: number | undefined): string | undefined {
  if (update.kind === "connection") return (update.new ?? update.old)?.connName;
  if (update.kind === "helper" && update.helper.connName !== undefined) return update.helper.connName;
  return peerNodeId === undefined ? undefined : connectionOf(update.resource, peerNodeId)?.connName;
}

function addHelper(update: HelperUpdate, variables: Variables): void {
  const outcome = outcomeOf(update);
  variables["DRBD_HELPER"] = update.helper.helper;
  variables["DRBD_HELPER_PHASE"] = update.type;
  variables["DRBD_HELPER_EXIT_STATUS"] = outcome?.kind === "exited" ? String(outcome.exitCode) : "";
  variables["DRBD_HELPER_SIGNAL"] = outcome?.kind === "killed" ? String(outcome.signal) : "";
  variables["DRBD_HELPER_ERRNO"] = outcome?.kind === "failed" ? String(outcome.errno) : "";
}

function text(value: string | number | bigint | boolean | undefined): string {
  return value === undefined ? "" : String(value);
}
