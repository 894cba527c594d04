/** An update in few words, for a list in which the resource's name stands before them. */

/** @typedef {import("./types.ts").Update} Update */

/**
 * @param {Update} update
 * @param {(peerNodeId: number) => string} peerName
 * @returns {string}
 */
export function briefly(update, peerName) {
  const { kind, type, name, text } = update;
  const peer = update["peer-node-id"] === undefined ? "" : peerName(update["peer-node-id"]);
  if (kind === "helper") return helperWords(update, peer);
  if (type === "rename") return text.slice(name.length + 1);
  const which = {
    "resource": "",
    "device": `volume ${update.volume}`,
    "connection": peer,
    "peer-device": `${peer} volume ${update.volume}`,
    "path": `path to ${peer}`,
  }[kind];
  return `${which}${which === "" ? "" : ": "}${whatOf(update)}`;
}

/** @param {Update} update */
function whatOf({ kind, type, text }) {
  if (type === "create") return kind === "resource" ? "came up" : "added";
  if (type === "destroy") return kind === "resource" ? "went down" : "removed";
  // Addresses have colons, but no blanks after them.
  return text.slice(text.indexOf(": ") + 2);
}

/**
 * @param {Update} update
 * @param {string} peer
 */
function helperWords({ type, helper, status, volume }, peer) {
  const about = [peer, volume === undefined ? "" : `volume ${volume}`].filter((part) => part !== "").join(
    " ",
  );
  const what = `helper ${helper}${about === "" ? "" : ` for ${about}`}`;
  if (type === "call") return `calls ${what}`;
  return `${what} answers ${status === undefined ? "" : outcome(status)}`;
}

/**
 * A raw wait status: the exit code is its upper byte.
 * @param {number} status
 */
function outcome(status) {
  return status % 256 === 0 && status <= 0xff00 ? String(status / 256) : `status ${status}`;
}
