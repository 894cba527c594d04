/** Draws the head of the page: node, version, connection, banner and age of the state. */
import { byId, setText } from "./dom.js";
import { ago, clock } from "./format.js";

/** @param {import("./types.ts").PageState} state */
export function drawHead(state) {
  const { status, link, why } = state;
  setText(byId("node"), status?.node ?? "");
  setText(byId("version"), status === undefined ? "" : `drbdd ${status.version}`);
  const words = {
    connecting: "Connecting",
    live: status?.stale ? "Stale" : "Live",
    lost: "Reconnecting",
    token: "Locked",
  };
  const place = byId("link");
  place.dataset["state"] = link === "live" && status?.stale ? "stale" : link;
  setText(place, words[link]);
  const banner = byId("banner");
  const text = bannerText(state);
  banner.hidden = text === "";
  setText(banner, text);
  byId("locked").hidden = link !== "token";
  setText(byId("token-wrong"), link === "token" ? why : "");
  byId("board").hidden = link === "token";
  byId("tools").hidden = link === "token";
  document.body.dataset["link"] = link;
  document.body.toggleAttribute("data-stale", link === "live" && status?.stale === true);
  drawAge(state);
}

/**
 * The time of the last message; heartbeats arrive while nothing changes.
 * @param {import("./types.ts").PageState} state
 */
export function drawAge({ link, isKnown, lastHeard }) {
  const isShown = isKnown && (link === "live" || link === "lost");
  setText(byId("age"), isShown ? ago(Date.now() - lastHeard.getTime()) : "");
}

/** @param {import("./types.ts").PageState} state */
function bannerText({ status, link, why, isKnown, firstVersion, lastHeard, staleSince }) {
  if (link === "lost") {
    const since = isKnown ? ` Shown: the state of ${clock(lastHeard, new Date())}.` : "";
    return `No connection to drbdd${why === "" ? "" : ` (${why})`}; trying again.${since}`;
  }
  if (link !== "live" || status === undefined) return "";
  const [problem] = status.problems ?? [];
  if (problem !== undefined) return `This node: ${problem.what}. Next: ${problem.next}.`;
  if (status.stale) {
    const since = isKnown && staleSince !== undefined
      ? ` Shown: the state of ${clock(staleSince, new Date())}.`
      : "";
    return `The state may be outdated: ${status.reason}.${since}`;
  }
  return status.version === firstVersion ? "" : "drbdd was updated: reload this page.";
}
