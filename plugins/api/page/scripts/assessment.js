/** What a resource's state means for those who answer for it: what is wrong, drbdd has assessed. */
import { duration, list, percent } from "./format.js";

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

/** @type {Record<import("./types.ts").Severity, import("./types.ts").Level>} */
const LEVELS = { down: "critical", unknown: "unknown", degraded: "warning", ok: "ok" };

const isSyncing = (/** @type {PeerDevice} */ device) => SYNC_WORDS[device["replication-state"]] !== undefined;
const isLost = (/** @type {Device} */ device) => device["disk-state"] === "Diskless" && !device.client;

/**
 * @param {Resource} resource
 * @returns {import("./types.ts").Assessment}
 */
export function assess(resource) {
  const { health, role, connections } = resource;
  // Through such a module what is read of disks, peers and resyncs is made up.
  const isTrusted = !health.problems.some(({ id }) => id === "too-old-module");
  const syncs = connections.flatMap((connection) =>
    isTrusted
      ? connection.peer_devices.filter(isSyncing).map((device) => syncOf(resource, connection, device))
      : []
  ).sort((a, b) => Number(a.isPaused) - Number(b.isPaused));
  const isRunning = syncs.some(({ isPaused }) => !isPaused);
  const isPrimaryHere = role === "Primary";
  const primaries = connections.filter((each) => each["peer-role"] === "Primary").map(nameOf);
  return {
    level: levelOf(health),
    // What waits for the one that runs has a bar of its own, and is no headline.
    problems: health.problems.filter(({ id }) => !isRunning || id !== "resync-paused").flatMap(shownProblem),
    syncs,
    isPrimaryHere,
    primaries,
    isPrimaryUnseen: !isPrimaryHere && primaries.length === 0 &&
      connections.some((each) => each["connection-state"] !== "Connected"),
    disks: isTrusted ? diskChips(resource.devices) : [{ text: "unknown", tone: "plain" }],
    peers: connections.map(isTrusted ? peerChip : (each) => ({ text: nameOf(each), tone: "plain" })),
    words: wordsOf(resource).join("\n").toLowerCase(),
  };
}

/**
 * @param {import("./types.ts").Health} health
 * @returns {import("./types.ts").Level}
 */
function levelOf({ severity, problems }) {
  if (severity !== "degraded") return LEVELS[severity];
  const isRecovering = problems.every(({ id, severity }) => severity === "ok" || id === "resync-running");
  return isRecovering ? "syncing" : "warning";
}

/**
 * Problems that a progress bar shows are not repeated.
 * @param {import("./types.ts").Health["problems"][number]} problem
 * @returns {Problem[]}
 */
function shownProblem({ id, severity, what, next, since }) {
  if (severity === "ok" || id === "resync-running") return [];
  const level = severity === "down" ? "critical" : severity === "unknown" ? "unknown" : "warning";
  return [{ level, text: what, next, since }];
}

/** @param {Connection} connection */
export function nameOf(connection) {
  return connection.name === "" ? `node ${connection["peer-node-id"]}` : connection.name;
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
  const done = clamped(device["percent-resync-done"]);
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
 * DRBD may report any number.
 * @param {number | undefined | null} percent
 */
function clamped(percent) {
  return typeof percent === "number" && Number.isFinite(percent)
    ? Math.min(100, Math.max(0, percent))
    : undefined;
}

/**
 * Equal disks are shown once.
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
 * Whether a peer's disk is not, or does not stay, what it should be. For the colour of a label only.
 * @param {PeerDevice} device
 */
function isOdd(device) {
  const { "replication-state": replication, "peer-disk-state": disk, "out-of-sync": behind = 0 } = device;
  if (replication === "Ahead" || replication === "Behind") return true;
  if (isSyncing(device)) return false;
  const isMeant = disk === "UpToDate" || disk === "Diskless" && device["peer-client"];
  return !isMeant || behind > 0 && replication === "Established";
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
  const odd = disks.find(isOdd);
  if (odd !== undefined) {
    const disk = odd["peer-disk-state"];
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
