/** One resource in the list: what matters in a line, the rest when it is opened. */
import { el, setText } from "./dom.js";
import { details } from "./details.js";
import { assess } from "./assessment.js";
import { ago, clock, list } from "./format.js";

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Assessment} Assessment */

const SPOKEN = { critical: "Down", unknown: "Unknown", warning: "Degraded", syncing: "Syncing", ok: "OK" };

export class Row {
  #shown = "";
  #more = el("div", { "class": "more" });

  /**
   * @param {Resource} resource
   * @param {(name: string) => Promise<import("./types.ts").Decision[]>} askDecisions
   */
  constructor(resource, askDecisions) {
    this.askDecisions = askDecisions;
    this.resource = resource;
    this.assessment = assess(resource);
    this.heardMs = Date.now();
    this.summary = el("summary", {});
    this.details = el("details", {}, this.summary, this.#more);
    this.element = el("li", { "class": "row" }, this.details);
    this.details.addEventListener("toggle", () => this.#showMore());
    this.#draw();
  }

  get name() {
    return this.resource.name;
  }

  /** @param {Resource} resource */
  update(resource) {
    this.heardMs = Date.now();
    this.resource = resource;
    this.assessment = assess(resource);
    this.#draw();
    if (this.details.open) this.#showMore();
  }

  /** Time has passed: how old the counters are that bars show. */
  tick() {
    if (this.assessment.syncs.length === 0) return;
    const text = ago(Date.now() - this.heardMs);
    for (const age of this.summary.querySelectorAll(".age")) setText(age, text);
  }

  /** What looks the same is left alone: a counter that moved costs nothing. */
  #draw() {
    const { assessment } = this;
    const shown = JSON.stringify(assessment);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset["level"] = assessment.level;
    this.summary.replaceChildren(
      el("span", { "class": "mark", "aria-hidden": "true" }),
      el("span", { "class": "unseen" }, `${SPOKEN[assessment.level]}: `),
      el("span", { "class": "name" }, this.name),
      roleOf(assessment),
      el(
        "span",
        { "class": "chips disks" },
        el("span", { "class": "unseen" }, " disks here: "),
        ...assessment.disks.map(chip),
      ),
      el(
        "span",
        { "class": "chips peers" },
        assessment.peers.length > 0 && el("span", { "class": "unseen" }, " peers: "),
        ...assessment.peers.map((peer) => chip(peer, assessment.primaries.includes(peer.text))),
      ),
      assessment.problems.length + assessment.syncs.length > 0 && notes(assessment) || "",
    );
    this.tick();
  }

  #showMore() {
    if (!this.details.open) {
      this.#more.replaceChildren();
      return;
    }
    details(this.#more, this.resource, this.askDecisions);
  }
}

/** @param {Assessment} assessment */
function roleOf({ isPrimaryHere, primaries, isPrimaryUnseen }) {
  const where = isPrimaryHere ? ["here", ...primaries] : primaries;
  if (where.length === 0) {
    return el("span", { "class": "role none" }, isPrimaryUnseen ? "Primary: none seen here" : "No Primary");
  }
  return el(
    "span",
    { "class": `role${isPrimaryHere ? " here" : ""}` },
    "Primary ",
    el("b", {}, isPrimaryHere ? list(where) : `on ${list(where)}`),
  );
}

/**
 * @param {import("./types.ts").Chip} chip
 * @param {boolean | number} [isPrimary]
 */
function chip({ text, tone, note }, isPrimary) {
  return el(
    "span",
    { "class": `chip ${tone}${isPrimary === true ? " primary" : ""}` },
    text,
    note === undefined ? "" : el("small", {}, ` ${note}`),
    " ",
  );
}

/** @param {Assessment} assessment */
function notes({ problems, syncs }) {
  return el(
    "span",
    { "class": "notes" },
    ...problems.map(({ level, text, next, since }) =>
      el(
        "span",
        { "class": `problem ${level}`, title: next },
        text,
        since === null ? "" : el("small", {}, " since ", clock(new Date(since), new Date())),
        " ",
      )
    ),
    ...syncs.map(({ text, percent, detail, isPaused }) =>
      el(
        "span",
        { "class": `sync${isPaused ? " paused" : ""}` },
        el("span", {}, text),
        el("progress", { max: 100, value: percent, "aria-label": text }),
        el(
          "span",
          { "class": "detail" },
          detail,
          detail === "" ? "" : " \u00b7 ",
          el("span", { "class": "age" }),
        ),
      )
    ),
  );
}
