/** Draws the counts of resources: filter chips, title and icon of the page. */
import { byId, setText } from "./dom.js";

const ICON_COLOURS = {
  critical: "#d92d20",
  unknown: "#8a94a0",
  warning: "#e09b1a",
  ok: "#2e9e62",
  none: "#8a94a0",
};

/** The buttons that set a filter. */
export function filterChips() {
  return /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-filter]"));
}

/**
 * @param {import("./types.ts").PageState} state
 * @param {{all: number, critical: number, unknown: number, degraded: number}} counts
 * @param {number} shown How many resources match the filter.
 * @param {string} filterText
 */
export function drawCounts({ status, link, isKnown }, counts, shown, filterText) {
  for (const [id, count] of Object.entries(counts)) {
    const place = document.getElementById(`count-${id}`);
    if (place !== null) setText(place, count.toLocaleString());
  }
  const worst = counts.critical > 0
    ? "critical"
    : counts.unknown > 0
    ? "unknown"
    : counts.degraded > 0
    ? "warning"
    : "ok";
  byId("chip-degraded").dataset["level"] = worst;
  const words = filterText.trim();
  for (const chip of filterChips()) {
    chip.setAttribute("aria-pressed", String(chip.dataset["filter"] === words));
  }
  const empty = byId("empty");
  empty.hidden = shown > 0 || !isKnown;
  setText(
    empty,
    counts.all === 0 ? "No DRBD resource is up on this node." : `No match for \u201c${words}\u201d.`,
  );
  byId("clear").hidden = filterText === "";
  setText(
    byId("found"),
    words === "" ? "" : `${shown.toLocaleString()} of ${counts.all.toLocaleString()}`,
  );
  const problems = counts.degraded > 0 ? `(${counts.degraded}) ` : "";
  document.title = `${problems}${status?.node ?? "drbdd"} \u00b7 DRBD`;
  const hasNodeProblem = (status?.problems ?? []).length > 0;
  setIcon(ICON_COLOURS[link !== "live" || status?.stale ? "none" : hasNodeProblem ? "unknown" : worst]);
}

/** @param {string} colour */
function setIcon(colour) {
  const shape =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`;
  const url = `data:image/svg+xml,${encodeURIComponent(shape)}`;
  const icon = /** @type {HTMLLinkElement} */ (byId("icon"));
  if (icon.href !== url) icon.href = url;
}
