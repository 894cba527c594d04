/** Colours for DRBD's words. */
import { el } from "./dom.js";

const GOOD = ["UpToDate", "Connected", "Established"];
const BUSY = [
  "SyncSource",
  "SyncTarget",
  "VerifyS",
  "VerifyT",
  "WFBitMapS",
  "WFBitMapT",
  "Negotiating",
  "Attaching",
];
const BAD = [
  ...[
    "Inconsistent",
    "Outdated",
    "Consistent",
    "DUnknown",
    "Diskless",
    "Detaching",
    "PausedSyncS",
    "PausedSyncT",
  ],
  ...["Connecting", "Unconnected", "Disconnecting", "TearDown", "StandAlone", "Ahead", "Behind"],
];
const WORSE = ["Failed", "Timeout", "BrokenPipe", "NetworkFailure", "ProtocolError"];

/** @type {Map<string, string>} */
const TONES = new Map([
  ...GOOD.map((word) => /** @type {[string, string]} */ ([word, "good"])),
  ...BUSY.map((word) => /** @type {[string, string]} */ ([word, "busy"])),
  ...BAD.map((word) => /** @type {[string, string]} */ ([word, "bad"])),
  ...WORSE.map((word) => /** @type {[string, string]} */ ([word, "worse"])),
]);

/**
 * A text in which DRBD's words have their colours.
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function coloured(text) {
  const fragment = document.createDocumentFragment();
  for (const part of text.replaceAll(" -> ", " \u2192 ").split(/\b/)) {
    const tone = TONES.get(part);
    fragment.append(tone === undefined ? part : el("span", { "class": `word ${tone}` }, part));
  }
  return fragment;
}
