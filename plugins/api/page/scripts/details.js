/** The details of a resource, as tables. */
import { el } from "./dom.js";
import { amount, clock, percent } from "./format.js";
import { nameOf } from "./assessment.js";
import { coloured } from "./colours.js";

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Connection} Connection */
/** @typedef {import("./types.ts").Decision} Decision */

/** Decisions that are shown, newest first. */
const MOST_DECISIONS = 8;

/**
 * @param {HTMLElement} place
 * @param {Resource} resource
 * @param {(name: string) => Promise<Decision[]>} askDecisions
 */
export function details(place, resource, askDecisions) {
  const decisions = place.querySelector(".decisions") ?? el("div", { "class": "decisions" });
  place.replaceChildren(
    facts(resource),
    ...problems(resource),
    ...services(resource.promoter),
    heading("Volumes here"),
    volumes(resource),
    ...resource.connections.flatMap((
      connection,
    ) => [heading(`Peer ${nameOf(connection)}`), peer(connection)]),
    decisions,
  );
  void showDecisions(decisions, resource.name, askDecisions);
}

/** @param {string} text */
function heading(text) {
  return el("h3", {}, text);
}

/** @param {Resource} resource */
function facts(resource) {
  return el(
    "p",
    { "class": "facts" },
    `Role here ${resource.role}`,
    el("i", {}, " \u00b7 "),
    `may promote ${resource["may-promote"] ? "yes" : "no"}`,
    el("i", {}, " \u00b7 "),
    `promotion score ${resource["promotion-score"]}`,
  );
}

/**
 * What to do about each problem.
 * @param {Resource} resource
 */
function problems({ health }) {
  const shown = health.problems.filter(({ severity }) => severity !== "ok");
  if (shown.length === 0) return [];
  return [
    heading("What to do"),
    el(
      "ul",
      { "class": "todo" },
      ...shown.map(({ what, next }) => el("li", {}, what, el("br", {}), el("code", {}, next))),
    ),
  ];
}

/**
 * The phase of the promoter, and its units.
 * @param {import("./types.ts").Promoter | null} promoter
 */
function services(promoter) {
  if (promoter === null) return [];
  const { phase, since, units, file } = promoter;
  const now = new Date();
  const when = (/** @type {string | null} */ time) => time === null ? "" : clock(new Date(time), now);
  const what = [
    phase === null ? "" : `${PHASES[phase] ?? phase}${since === null ? "" : ` since ${when(since)}`}`,
    promoter["on-hold"] ?? "",
    promoter["waits-for"] === null ? "" : `waits for ${promoter["waits-for"]}`,
    `file ${file}`,
  ].filter((text) => text !== "");
  return [
    heading("Services here"),
    el("p", { "class": "facts" }, what.join(" \u00b7 ")),
    ...(units.length === 0 ? [] : [table(
      ["Unit", "State", "Since"],
      units.map((unit) => [unit.name, unitState(unit), when(unit.since)]),
    )]),
  ];
}

/** Texts for the promoter's phases. @type {Record<string, string | undefined>} */
const PHASES = {
  unsure: "finding out what runs",
  stopped: "stopped here",
  starting: "starting",
  started: "running here",
  freezing: "freezing",
  frozen: "frozen",
  thawing: "thawing",
  stopping: "stopping",
};

/** @param {import("./types.ts").Unit} unit */
function unitState({ "active-state": active, "load-state": load, "freezer-state": freezer }) {
  const isLoaded = load === "loaded" || load === "unknown";
  const isFrozen = freezer === "frozen" && active === "active";
  const text = !isLoaded ? load : isFrozen ? "frozen" : active;
  const tone = active === "failed" || !isLoaded || isFrozen ? "worse" : active === "active" ? "good" : "";
  return tone === "" ? text : el("span", { "class": `word ${tone}` }, text);
}

/** @param {Resource} resource */
function volumes({ devices }) {
  if (devices.length === 0) return el("p", { "class": "facts" }, "None");
  return table(
    ["Volume", "Device", "Disk", "Quorum", "Open", "Size", "Read", "Written", "Backing device"],
    devices.map((device) => [
      String(device.volume),
      device.minor === undefined ? "" : `/dev/drbd${device.minor}`,
      device["disk-state"],
      device.quorum ? "yes" : el("span", { "class": "word worse" }, "no"),
      device.open ? "yes" : "no",
      known(device.size),
      known(device.read),
      known(device.written),
      device["backing-dev"] ?? "none",
    ]),
  );
}

/** @param {Connection} connection */
function peer(connection) {
  const fragment = document.createDocumentFragment();
  fragment.append(
    el(
      "p",
      { "class": "facts" },
      coloured(connection["connection-state"]),
      connection["peer-role"] !== "Unknown" && ` \u00b7 ${connection["peer-role"]} there`,
      connection.congested && " \u00b7 congested",
    ),
    ...connection.paths.map(({ this_host: here, remote_host: there, established }) =>
      el(
        "p",
        { "class": "facts path" },
        `${host(here)} \u2194 ${host(there)} `,
        el("span", { "class": `word ${established ? "good" : "bad"}` }, established ? "established" : "down"),
      )
    ),
    table(
      ["Volume", "Replication", "Disk there", "Out of sync", "In sync"],
      connection.peer_devices.map((device) => [
        String(device.volume),
        device["replication-state"] +
        (device["resync-suspended"] === "no" ? "" : ` (${device["resync-suspended"]})`),
        device["peer-disk-state"],
        known(device["out-of-sync"]),
        device["percent-in-sync"] === undefined ? "" : percent(inSync(device)),
      ]),
    ),
  );
  return fragment;
}

/**
 * The server rounds; an incomplete share must not be shown as complete.
 * @param {import("./types.ts").PeerDevice} device
 */
function inSync(device) {
  const share = device["percent-in-sync"] ?? 0;
  return (device["out-of-sync"] ?? 0) > 0 ? Math.min(share, 99.9) : share;
}

/** @param {import("./types.ts").Host} host */
function host({ address, port }) {
  const shown = address.includes(":") ? `[${address}]` : address;
  return port === undefined ? shown : `${shown}:${port}`;
}

/** @param {number | undefined} kib */
function known(kib) {
  return kib === undefined ? "" : amount(kib);
}

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly (string | Node)[])[]} lines
 */
function table(titles, lines) {
  return el(
    "div",
    { "class": "scroll" },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...titles.map((title) => el("th", { scope: "col" }, title)))),
      el(
        "tbody",
        {},
        ...lines.map((line) =>
          el("tr", {}, ...line.map((cell) => el("td", {}, typeof cell === "string" ? coloured(cell) : cell)))
        ),
      ),
    ),
  );
}

/**
 * @param {Element} place
 * @param {string} name
 * @param {(name: string) => Promise<Decision[]>} askDecisions
 */
async function showDecisions(place, name, askDecisions) {
  const decisions = await askDecisions(name);
  if (decisions.length === 0) return;
  const now = new Date();
  place.replaceChildren(
    heading("What drbdd decided, newest first"),
    el(
      "ol",
      { "class": "decided" },
      ...decisions.slice(-MOST_DECISIONS).toReversed().map(({ time, plugin, level, text }) =>
        el(
          "li",
          { "class": level },
          el("time", { datetime: time }, clock(new Date(time), now)),
          ` ${plugin} `,
          text,
        )
      ),
    ),
  );
}
