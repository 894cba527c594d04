/** What a resource's state means for those who answer for it. */
import { amount, duration, list, percent } from "./format.js";

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Connection} Connection */
/** @typedef {import("./types.ts").PeerDevice} PeerDevice */
/** @typedef {import("./types.ts").Device} Device */
/** @typedef {import("./types.ts").Problem} Problem */
/** @typedef {import("./types.ts").Chip} Chip */

/** Replication states while data move, and what they are called. @type {Record<string, string | undefined>} */
const SYNC_WORDS = {
  StartingSyncS: "Syncing to",
  StartingSyncT: "Syncing from",
  WFBitMapS: "Syncing to",
  WFBitMapT: "Syncing from",
  WFSyncUUID: "Syncing from",
  SyncSource: "Syncing to",
  SyncTarget: "Syncing from",
  PausedSyncS: "Syncing to",
  PausedSyncT: "Syncing from",
  VerifyS: "Verifying with",
  VerifyT: "Verifying with",
};

const isSyncing = (/** @type {PeerDevice} */ device) => SYNC_WORDS[device["replication-state"]] !== undefined;
const isLost = (/** @type {Device} */ device) => device["disk-state"] === "Diskless" && !device.client;

/**
 * @param {Resource} resource
 * @returns {import("./types.ts").Judgement}
 */
export function judge(resource) {
  const problems = [
    ...ioProblems(resource),
    ...diskProblems(resource),
    ...resource.connections.flatMap((connection) => peerProblems(connection)),
  ];
  // What is in danger comes first.
  problems.sort((a, b) => Number(b.level === "critical") - Number(a.level === "critical"));
  const syncs = resource.connections.flatMap((connection) =>
    connection.peer_devices.filter(isSyncing).map((device) => syncOf(resource, connection, device))
  );
  const level = problems[0]?.level ?? (syncs.length > 0 ? "syncing" : "ok");
  const disks = diskChips(resource.devices);
  const peers = resource.connections.map(peerChip);
  return {
    level,
    problems,
    syncs,
    isPrimaryHere: resource.role === "Primary",
    primaries: resource.connections.filter((each) => each["peer-role"] === "Primary").map(nameOf),
    disks,
    peers,
    words: wordsOf(resource).join("\n").toLowerCase(),
  };
}

/** @param {Connection} connection */
export function nameOf(connection) {
  return connection.name === "" ? `node ${connection["peer-node-id"]}` : connection.name;
}

/**
 * @param {Resource} resource
 * @returns {Problem[]}
 */
function ioProblems(resource) {
  /** @type {Problem[]} */
  const problems = [];
  const volumes = resource.devices.filter((device) => !device.quorum).map((device) => device.volume);
  if (volumes.length > 0) {
    const which = volumes.length === resource.devices.length ? "" : ` for volume ${list(volumes)}`;
    problems.push({ level: "critical", text: `No quorum${which}` });
  }
  if (resource.suspended) {
    const reasons = [
      resource["suspended-quorum"] ? "no quorum" : "",
      resource["suspended-no-data"] ? "no data" : "",
      resource["suspended-fencing"] ? "a peer is being fenced" : "",
      resource["suspended-user"] ? "by the administrator" : "",
    ].filter((reason) => reason !== "");
    const isMeant = resource["suspended-user"] && reasons.length === 1;
    const why = reasons.length === 0 ? "" : `: ${list(reasons)}`;
    problems.push({ level: isMeant ? "warning" : "critical", text: `I/O is suspended${why}` });
  }
  if (resource["force-io-failures"]) {
    problems.push({
      level: "critical",
      text: "All I/O fails until nobody has the devices open (forced to Secondary)",
    });
  }
  return problems;
}

/**
 * @param {Resource} resource
 * @returns {Problem[]}
 */
function diskProblems(resource) {
  /** @type {Problem[]} */
  const problems = [];
  const all = (/** @type {number} */ volume) =>
    resource.connections.flatMap((each) => each.peer_devices).filter((each) => each.volume === volume);
  for (const device of resource.devices) {
    const { volume, "disk-state": state } = device;
    const peers = all(volume);
    if (state !== "UpToDate" && !peers.some((peer) => peer["peer-disk-state"] === "UpToDate")) {
      problems.push({ level: "critical", text: `No UpToDate data of volume ${volume} can be reached` });
    }
    if (state === "Failed") problems.push({ level: "critical", text: `The disk of volume ${volume} failed` });
    else if (isLost(device)) problems.push({ level: "critical", text: `Volume ${volume} has lost its disk` });
    else if (state === "Inconsistent" && peers.some(isSyncing)) continue;
    else if (state !== "UpToDate" && !device.client) {
      problems.push({ level: "warning", text: `The disk of volume ${volume} is ${state}` });
    }
  }
  return problems;
}

/**
 * @param {Connection} connection
 * @returns {Problem[]}
 */
function peerProblems(connection) {
  const name = nameOf(connection);
  const behind = connection.peer_devices.reduce((sum, device) => sum + (device["out-of-sync"] ?? 0), 0);
  if (connection["connection-state"] !== "Connected") {
    const state = connection["connection-state"];
    const advice = state === "StandAlone" ? ", it does not try to connect" : "";
    const toSync = behind > 0 ? `; ${amount(behind)} to sync` : "";
    return [{ level: "warning", text: `Not connected to ${name} (${state}${advice})${toSync}` }];
  }
  /** @type {Problem[]} */
  const problems = [];
  const paths = connection.paths.filter((path) => !path.established).length;
  if (paths > 0 && paths < connection.paths.length) {
    problems.push({
      level: "warning",
      text: `${paths} of ${connection.paths.length} paths to ${name} are down`,
    });
  }
  for (const device of connection.peer_devices) {
    const text = peerDeviceProblem(name, device);
    if (text !== undefined) problems.push({ level: "warning", text });
  }
  return problems;
}

/**
 * @param {string} name
 * @param {PeerDevice} device
 * @returns {string | undefined}
 */
function peerDeviceProblem(name, device) {
  const { volume, "replication-state": replication, "peer-disk-state": disk, "out-of-sync": behind = 0 } =
    device;
  if (replication === "Ahead" || replication === "Behind") {
    return `Volume ${volume} is not replicated with ${name} now (${replication}); ${amount(behind)} to sync`;
  }
  if (isSyncing(device)) return undefined;
  const isMeant = disk === "UpToDate" || disk === "Diskless" && device["peer-client"];
  if (!isMeant) return `The disk of volume ${volume} on ${name} is ${disk}`;
  if (behind > 0 && replication === "Established") {
    return `${amount(behind)} of volume ${volume} differ from ${name}`;
  }
  return undefined;
}

/**
 * @param {Resource} resource
 * @param {Connection} connection
 * @param {PeerDevice} device
 * @returns {import("./types.ts").Sync}
 */
function syncOf(resource, connection, device) {
  const state = device["replication-state"];
  const volume = resource.devices.length > 1 ? `, volume ${device.volume}` : "";
  const done = device["percent-resync-done"];
  const isPaused = state.startsWith("Paused") || device["resync-suspended"] !== "no";
  const rate = device["db1/dt1 [MiB/s]"];
  const left = duration(device["estimated-seconds-to-finish"]);
  const detail = isPaused ? `paused (${device["resync-suspended"].replaceAll(",", ", ")})` : [
    rate !== undefined && rate > 0 ? `${rate.toFixed(rate < 10 ? 1 : 0)} MiB/s` : "",
    left === "" ? "" : `${left} left`,
  ].filter((part) => part !== "").join(", ");
  return {
    text: `${SYNC_WORDS[state] ?? state} ${nameOf(connection)}${volume}`,
    percent: done,
    detail: [done === undefined ? "" : percent(done), detail].filter((part) => part !== "").join(" · "),
    isPaused,
  };
}

/**
 * Equal disks are told once.
 * @param {readonly Device[]} devices
 * @returns {Chip[]}
 */
function diskChips(devices) {
  /** @type {Map<string, { tone: Chip["tone"], state: string, volumes: number[] }>} */
  const groups = new Map();
  for (const device of devices) {
    const state = device.client && device["disk-state"] === "Diskless"
      ? "Diskless client"
      : device["disk-state"];
    const group = groups.get(state) ?? { tone: diskTone(device), state, volumes: [] };
    group.volumes.push(device.volume);
    groups.set(state, group);
  }
  return [...groups.values()].map(({ tone, state, volumes }) => {
    if (devices.length === 1) return { tone, text: state };
    if (groups.size === 1) return { tone, text: state, note: `${volumes.length} volumes` };
    const some = volumes.length > 4 ? `${volumes.length} volumes` : `volume ${list(volumes)}`;
    return { tone, text: state, note: some };
  });
}

/**
 * @param {Device} device
 * @returns {Chip["tone"]}
 */
function diskTone(device) {
  const state = device["disk-state"];
  if (state === "UpToDate") return "good";
  if (state === "Diskless" && device.client) return "plain";
  return state === "Failed" || isLost(device) ? "worse" : "bad";
}

/**
 * @param {Connection} connection
 * @returns {Chip}
 */
function peerChip(connection) {
  const text = nameOf(connection);
  const state = connection["connection-state"];
  if (state !== "Connected") return { text, tone: "bad", note: state };
  const disks = connection.peer_devices;
  if (disks.some((device) => peerDeviceProblem(text, device) !== undefined)) {
    const odd = disks.find((device) => peerDeviceProblem(text, device) !== undefined);
    const disk = odd?.["peer-disk-state"] ?? "";
    return { text, tone: "bad", note: disk === "UpToDate" ? "differs" : disk };
  }
  const busy = disks.find(isSyncing);
  if (busy !== undefined) {
    return {
      text,
      tone: "busy",
      note: busy["replication-state"].startsWith("Verify") ? "verifying" : "syncing",
    };
  }
  const isClient = disks.length > 0 && disks.every((device) => device["peer-client"]);
  return isClient ? { text, tone: "plain", note: "client" } : { text, tone: "good" };
}

/**
 * @param {Resource} resource
 * @returns {string[]}
 */
function wordsOf(resource) {
  const { name, role, devices, connections } = resource;
  return [
    name,
    role,
    resource.suspended ? "suspended" : "",
    devices.some((device) => !device.quorum) ? "no-quorum" : "",
    ...devices.flatMap((
      device,
    ) => [device["disk-state"], device["backing-dev"] ?? "", `drbd${device.minor}`]),
    ...connections.flatMap((connection) => [
      nameOf(connection),
      connection["connection-state"],
      ...connection.peer_devices.flatMap((
        device,
      ) => [device["peer-disk-state"], device["replication-state"]]),
    ]),
  ];
}
