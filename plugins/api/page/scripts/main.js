/** The main script of the page: connects messages of the daemon, input and display. */
import { Board } from "./board.js";
import { Changes } from "./changes.js";
import { drawCounts, filterChips } from "./counts.js";
import { byId, setText } from "./dom.js";
import { filterOf } from "./filter.js";
import { drawAge, drawHead } from "./head.js";
import { handleKey } from "./keys.js";
import { Stream } from "./stream.js";

/** @typedef {import("./types.ts").Message} Message */

const TOKEN_KEY = "drbdd-token";

const filterBox = /** @type {HTMLInputElement} */ (byId("filter"));
const tokenBox = /** @type {HTMLInputElement} */ (byId("token"));

/** @type {import("./types.ts").PageState} */
const state = {
  status: undefined,
  link: "connecting",
  why: "",
  isKnown: false,
  firstVersion: "",
  lastHeard: new Date(),
  staleSince: undefined,
};
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
  state.lastHeard = new Date();
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
      state.isKnown = true;
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
  state.status = now;
  state.staleSince = now.stale ? state.staleSince ?? new Date() : undefined;
  if (state.firstVersion === "") state.firstVersion = now.version;
}

/** @param {import("./types.ts").Resource} resource */
function takeResource(resource) {
  const before = board.put(resource);
  const now = board.assessmentOf(resource.name);
  if (!state.isKnown || before === undefined || now === undefined) return;
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
  if (now === "token" && state.link !== "token") queueMicrotask(() => tokenBox.focus());
  state.link = now;
  state.why = reason;
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
  drawHead(state);
  drawCounts(state, board.counts(), shown, filterBox.value);
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
function announce() {
  if (news.length === 0) return;
  const rest = news.length - 3;
  setText(
    byId("news"),
    [...news.slice(0, 3), rest > 0 ? `and ${rest} more` : ""].filter((text) => text !== "").join(". "),
  );
  news = [];
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
  for (const chip of filterChips()) {
    chip.addEventListener("click", () => setFilter(chip.dataset["filter"] ?? ""));
  }
  byId("locked").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = tokenBox.value.trim();
    // For this tab only, and until it is closed.
    sessionStorage.setItem(TOKEN_KEY, token);
    tokenBox.value = "";
    stream.useToken(token);
  });
  addEventListener("keydown", (event) => handleKey(event, board, filterBox, setFilter));
  addEventListener("hashchange", () => setFilter(hashText()));
  addEventListener("online", () => stream.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stream.retryNow();
  });
  const wide = matchMedia("(min-width: 72rem)");
  const fold = () => byId("changes").toggleAttribute("open", wide.matches);
  wide.addEventListener("change", fold);
  fold();
  setInterval(announce, 2_000);
  setInterval(() => {
    drawAge(state);
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
