/** The main script of the page: connects messages of the daemon, input and display. */
import { Board } from "./board.js";
import { Changes } from "./changes.js";
import { byId, setText } from "./dom.js";
import { filterOf } from "./filter.js";
import { ago, clock } from "./format.js";
import { Stream } from "./stream.js";

/** @typedef {import("./types.ts").Message} Message */
/** @typedef {import("./types.ts").Assessment} Assessment */

const TOKEN_KEY = "drbdd-token";
const COLOURS = {
  critical: "#d92d20",
  unknown: "#8a94a0",
  warning: "#e09b1a",
  ok: "#2e9e62",
  none: "#8a94a0",
};

const filterBox = /** @type {HTMLInputElement} */ (byId("filter"));
const tokenBox = /** @type {HTMLInputElement} */ (byId("token"));

/** @type {import("./types.ts").Status | undefined} */
let status;
/** @type {import("./types.ts").Link} */
let link = "connecting";
let why = "";
let isKnown = false;
let firstVersion = "";
let lastHeard = new Date();
/** When the daemon lost its connection to DRBD. @type {Date | undefined} */
let staleSince;
let isDrawing = false;
/** Deteriorations that were not announced yet. @type {string[]} */
let news = [];

const board = new Board(askDecisions);
const changes = new Changes(setFilter, (resource, peerNodeId) => board.peerName(resource, peerNodeId));
const stream = new Stream("api/v1/events", take, setLink, () => board.begin());

/** @param {string} name */
async function askDecisions(name) {
  try {
    const url = `api/v1/resources/${encodeURIComponent(name)}/decisions`;
    const response = await fetch(url, { headers: stream.headers });
    return response.ok ? await response.json() : [];
  } catch {
    return [];
  }
}

/** @param {Message[]} messages */
function take(messages) {
  lastHeard = new Date();
  for (const message of messages) takeOne(message);
  drawSoon();
}

/** @param {Message} message */
function takeOne(message) {
  switch (message.event) {
    case "status":
      takeStatus(message.data);
      break;
    case "resource":
      takeResource(message.data);
      break;
    case "gone":
      board.remove(message.data.name);
      break;
    case "snapshot-end":
      board.complete();
      isKnown = true;
      break;
    case "update":
      changes.add(message.data);
      break;
    case "reset":
      changes.gap();
      board.begin();
      break;
  }
}

/** @param {import("./types.ts").Status} now */
function takeStatus(now) {
  status = now;
  staleSince = now.stale ? staleSince ?? new Date() : undefined;
  if (firstVersion === "") firstVersion = now.version;
}

/** @param {import("./types.ts").Resource} resource */
function takeResource(resource) {
  const before = board.put(resource);
  const now = board.assessmentOf(resource.name);
  if (!isKnown || before === undefined || now === undefined) return;
  const known = before.problems.map(({ text }) => text);
  for (const { text } of now.problems) {
    if (!known.includes(text)) news.push(`${resource.name}: ${text}`);
  }
}

/**
 * @param {import("./types.ts").Link} now
 * @param {string} reason
 */
function setLink(now, reason) {
  if (now === "token" && link !== "token") queueMicrotask(() => tokenBox.focus());
  link = now;
  why = reason;
  drawSoon();
}

function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  // A page in the background gets no frames; it is rendered when it becomes visible.
  requestAnimationFrame(draw);
}

function draw() {
  isDrawing = false;
  const shown = board.draw();
  changes.draw();
  drawHead();
  drawCounts(shown);
}

function drawHead() {
  setText(byId("node"), status?.node ?? "");
  setText(byId("version"), status === undefined ? "" : `drbdd ${status.version}`);
  const words = {
    connecting: "Connecting",
    live: status?.stale ? "Stale" : "Live",
    lost: "Reconnecting",
    token: "Locked",
  };
  const state = byId("link");
  state.dataset["state"] = link === "live" && status?.stale ? "stale" : link;
  setText(state, words[link]);
  const banner = byId("banner");
  const text = bannerText();
  banner.hidden = text === "";
  setText(banner, text);
  byId("locked").hidden = link !== "token";
  setText(byId("token-wrong"), link === "token" ? why : "");
  byId("board").hidden = link === "token";
  byId("tools").hidden = link === "token";
  document.body.dataset["link"] = link;
  document.body.toggleAttribute("data-stale", link === "live" && status?.stale === true);
  drawAge();
}

/** The time of the last message; heartbeats arrive while nothing changes. */
function drawAge() {
  const isShown = link === "live" && isKnown || link === "lost" && isKnown;
  setText(byId("age"), isShown ? ago(Date.now() - lastHeard.getTime()) : "");
}

function bannerText() {
  if (link === "lost") {
    const since = isKnown ? ` Shown: the state of ${clock(lastHeard, new Date())}.` : "";
    return `No connection to drbdd${why === "" ? "" : ` (${why})`}; trying again.${since}`;
  }
  if (link !== "live" || status === undefined) return "";
  const [problem] = nodeProblems();
  if (problem !== undefined) return `This node: ${problem.what}. Next: ${problem.next}.`;
  if (status.stale) {
    const since = isKnown && staleSince !== undefined
      ? ` Shown: the state of ${clock(staleSince, new Date())}.`
      : "";
    return `The state may be outdated: ${status.reason}.${since}`;
  }
  return status.version === firstVersion ? "" : "drbdd was updated: reload this page.";
}

/** What is wrong with the node as a whole. */
function nodeProblems() {
  return status?.problems ?? [];
}

/** @param {number} shown */
function drawCounts(shown) {
  const counts = board.counts();
  for (const [id, count] of Object.entries(counts)) {
    const place = document.getElementById(`count-${id}`);
    if (place !== null) setText(place, count.toLocaleString());
  }
  byId("chip-degraded").dataset["level"] = counts.critical > 0
    ? "critical"
    : counts.unknown > 0
    ? "unknown"
    : counts.degraded > 0
    ? "warning"
    : "ok";
  for (const chip of chips()) {
    chip.setAttribute("aria-pressed", String(chip.dataset["filter"] === filterBox.value.trim()));
  }
  const empty = byId("empty");
  empty.hidden = shown > 0 || !isKnown;
  setText(
    empty,
    counts.all === 0
      ? "No DRBD resource is up on this node."
      : `No match for \u201c${filterBox.value.trim()}\u201d.`,
  );
  byId("clear").hidden = filterBox.value === "";
  setText(
    byId("found"),
    filterBox.value.trim() === "" ? "" : `${shown.toLocaleString()} of ${counts.all.toLocaleString()}`,
  );
  document.title = `${counts.degraded > 0 ? `(${counts.degraded}) ` : ""}${
    status?.node ?? "drbdd"
  } \u00b7 DRBD`;
  const worst = link !== "live" || status?.stale
    ? "none"
    : nodeProblems().length > 0
    ? "unknown"
    : counts.critical > 0
    ? "critical"
    : counts.unknown > 0
    ? "unknown"
    : counts.degraded > 0
    ? "warning"
    : "ok";
  setIcon(COLOURS[worst]);
}

/** @param {string} colour */
function setIcon(colour) {
  const shape =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`;
  const url = `data:image/svg+xml,${encodeURIComponent(shape)}`;
  const icon = /** @type {HTMLLinkElement} */ (byId("icon"));
  if (icon.href !== url) icon.href = url;
}

function chips() {
  return /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-filter]"));
}

/** @param {string} text */
function setFilter(text) {
  filterBox.value = text;
  applyFilter();
}

function applyFilter() {
  const text = filterBox.value.trim();
  board.filter(filterOf(text));
  const hash = text === "" ? "" : `#${encodeURIComponent(text)}`;
  if (location.hash !== hash) history.replaceState(null, "", location.pathname + location.search + hash);
  drawSoon();
}

/** Announces deteriorations to screen readers, with pauses in between. */
function sayNews() {
  if (news.length === 0) return;
  const rest = news.length - 3;
  setText(
    byId("news"),
    [...news.slice(0, 3), rest > 0 ? `and ${rest} more` : ""].filter((text) => text !== "").join(". "),
  );
  news = [];
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "Escape" && event.target === filterBox) {
    if (filterBox.value === "") filterBox.blur();
    else setFilter("");
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    filterBox.focus();
    filterBox.select();
  } else if (
    event.key === "ArrowDown" || event.key === "ArrowUp" ||
    !isTyping && (event.key === "j" || event.key === "k")
  ) {
    if (isTyping && event.target !== filterBox) return;
    if (move(event.key === "ArrowDown" || event.key === "j" ? 1 : -1)) event.preventDefault();
  }
}

/**
 * Moves the focus along the rows.
 * @param {1 | -1} by
 */
function move(by) {
  const rows = board.summaries();
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at < 0 && document.activeElement !== filterBox && document.activeElement !== document.body) {
    return false;
  }
  if (at === 0 && by === -1) {
    filterBox.focus();
    return true;
  }
  const next = rows[at < 0 ? (by === 1 ? 0 : -1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

function hashText() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

function start() {
  filterBox.addEventListener("input", applyFilter);
  byId("clear").addEventListener("click", () => {
    setFilter("");
    filterBox.focus();
  });
  for (const chip of chips()) chip.addEventListener("click", () => setFilter(chip.dataset["filter"] ?? ""));
  byId("locked").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = tokenBox.value.trim();
    // For this tab only, and until it is closed.
    sessionStorage.setItem(TOKEN_KEY, token);
    tokenBox.value = "";
    stream.useToken(token);
  });
  addEventListener("keydown", onKey);
  addEventListener("hashchange", () => setFilter(hashText()));
  addEventListener("online", () => stream.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stream.retryNow();
  });
  const wide = matchMedia("(min-width: 72rem)");
  const fold = () => byId("changes").toggleAttribute("open", wide.matches);
  wide.addEventListener("change", fold);
  fold();
  setInterval(sayNews, 2_000);
  setInterval(() => {
    drawAge();
    board.tick();
  }, 1_000);
  const helpers = /** @type {HTMLInputElement} */ (byId("helpers"));
  helpers.addEventListener("change", () => changes.showHelpers(helpers.checked));
  setFilter(hashText());
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token !== null) stream.useToken(token);
  drawSoon();
  void stream.run();
}

start();
