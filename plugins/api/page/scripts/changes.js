/** The log of what changed lately, newest first. */
import { byId, el } from "./dom.js";
import { clock } from "./format.js";
import { briefly } from "./wording.js";
import { coloured } from "./colours.js";

/** @typedef {import("./types.ts").Update} Update */

const MOST = 200;

export class Changes {
  /** Changes since the last rendering. @type {(Update | string)[]} */
  #fresh = [];
  #list = byId("changes-list");

  /**
   * @param {(name: string) => void} onName What to do when a name is chosen.
   * @param {(resource: string, peerNodeId: number) => string} peerName
   */
  constructor(onName, peerName) {
    this.onName = onName;
    this.peerName = peerName;
  }

  /** @param {Update} update */
  add(update) {
    this.#push(update);
  }

  /**
   * Calls of helpers say little that the changes do not.
   * @param {boolean} isShown
   */
  showHelpers(isShown) {
    this.#list.classList.toggle("with-helpers", isShown);
  }

  /** Notes a gap. */
  gap() {
    if (this.#list.childElementCount + this.#fresh.length > 0) this.#push("Some changes are missing here");
  }

  draw() {
    if (this.#fresh.length === 0) return;
    const now = new Date();
    const entries = this.#fresh.toReversed().map((entry) =>
      typeof entry === "string" ? note(entry) : this.#entry(entry, now)
    );
    this.#fresh = [];
    this.#list.prepend(...entries);
    while (this.#list.childElementCount > MOST) this.#list.lastElementChild?.remove();
    byId("changes-none").hidden = this.#list.querySelector("li:not(.helper)") !== null;
  }

  /** @param {Update | string} entry */
  #push(entry) {
    this.#fresh.push(entry);
    if (this.#fresh.length > MOST) this.#fresh.shift();
  }

  /**
   * @param {Update} update
   * @param {Date} now
   */
  #entry(update, now) {
    const { time, name } = update;
    const button = el("button", { type: "button", title: `Show ${name} only` }, name);
    button.addEventListener("click", () => this.onName(name));
    const words = briefly(update, (peerNodeId) => this.peerName(name, peerNodeId));
    return el(
      "li",
      { "class": update.kind === "helper" ? "helper" : undefined },
      el("time", { datetime: time }, clock(new Date(time), now)),
      " ",
      button,
      " ",
      coloured(words),
    );
  }
}

/** @param {string} text */
function note(text) {
  return el("li", { "class": "note" }, text);
}
