/** The list of resources, problems first. */
import { byId, setText } from "./dom.js";
import { nameOf } from "./assessment.js";
import { Row } from "./row.js";

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Assessment} Assessment */
/** @typedef {import("./types.ts").Decision} Decision */

const SECTIONS = /** @type {const} */ (["attention", "syncing", "healthy"]);
/** @type {import("./types.ts").Level[]} */
const WORST_FIRST = ["critical", "unknown", "warning", "syncing", "ok"];
const collator = new Intl.Collator(undefined, { numeric: true });

/** @param {Row} row */
function sectionOf({ assessment: { level } }) {
  return level === "ok" ? "healthy" : level === "syncing" ? "syncing" : "attention";
}

/**
 * The worst first, then by name.
 * @param {Row} a
 * @param {Row} b
 */
function order(a, b) {
  const place = (/** @type {Row} */ row) => WORST_FIRST.indexOf(row.assessment.level);
  return place(a) - place(b) || collator.compare(a.name, b.name);
}

export class Board {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** Names that came since a snapshot began; those that did not are gone. @type {Set<string> | undefined} */
  #named;
  #isChanged = true;
  /** @type {(name: string, assessment: Assessment) => boolean} */
  #fits = () => true;

  /** @param {(name: string) => Promise<Decision[]>} askDecisions */
  constructor(askDecisions) {
    this.askDecisions = askDecisions;
  }

  /** A new snapshot begins. */
  begin() {
    this.#named = new Set();
  }

  /** The snapshot is complete. */
  complete() {
    for (const name of this.#rows.keys()) {
      if (this.#named !== undefined && !this.#named.has(name)) this.remove(name);
    }
    this.#named = undefined;
  }

  /**
   * @param {Resource} resource
   * @returns {Assessment | undefined} The assessment before.
   */
  put(resource) {
    this.#named?.add(resource.name);
    const row = this.#rows.get(resource.name);
    this.#isChanged = true;
    if (row === undefined) {
      this.#rows.set(resource.name, new Row(resource, this.askDecisions));
      return undefined;
    }
    const before = row.assessment;
    row.update(resource);
    return before;
  }

  /** @param {string} name */
  remove(name) {
    this.#rows.get(name)?.element.remove();
    this.#rows.delete(name);
    this.#isChanged = true;
  }

  /** @param {(name: string, assessment: Assessment) => boolean} fits */
  filter(fits) {
    this.#fits = fits;
    this.#isChanged = true;
  }

  /** @param {string} name */
  assessmentOf(name) {
    return this.#rows.get(name)?.assessment;
  }

  /**
   * @param {string} name
   * @param {number} peerNodeId
   */
  peerName(name, peerNodeId) {
    const connections = this.#rows.get(name)?.resource.connections ?? [];
    const connection = connections.find((each) => each["peer-node-id"] === peerNodeId);
    return connection === undefined ? `node ${peerNodeId}` : nameOf(connection);
  }

  /** The number of resources of each kind, regardless of the filter. */
  counts() {
    const rows = [...this.#rows.values()];
    const count = (/** @type {(assessment: Assessment) => boolean} */ is) =>
      rows.filter((row) => is(row.assessment)).length;
    return {
      all: rows.length,
      critical: count(({ level }) => level === "critical"),
      unknown: count(({ level }) => level === "unknown"),
      degraded: count(({ level }) => level !== "syncing" && level !== "ok"),
      syncing: count(({ syncs }) => syncs.length > 0),
      primary: count(({ isPrimaryHere }) => isPrimaryHere),
    };
  }

  /**
   * Brings the page in line with the rows.
   * @returns {number} How many rows fit the filter.
   */
  draw() {
    const fitting = [...this.#rows.values()].filter((row) => this.#fits(row.name, row.assessment));
    if (!this.#isChanged) return fitting.length;
    this.#isChanged = false;
    const focused = document.activeElement;
    for (const name of SECTIONS) {
      const rows = fitting.filter((row) => sectionOf(row) === name).sort(order);
      const section = byId(name);
      section.hidden = rows.length === 0;
      setText(byId(`${name}-count`), rows.length.toLocaleString());
      arrange(byId(`${name}-rows`), rows.map((row) => row.element));
    }
    // A row that was moved has lost the focus.
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) {
      focused.focus({ preventScroll: true });
    }
    return fitting.length;
  }

  /** Updates what depends on the time. */
  tick() {
    for (const row of this.#rows.values()) row.tick();
  }

  /** The rows that can be seen, from top to bottom. */
  summaries() {
    return [
      .../** @type {NodeListOf<HTMLElement>} */ (byId("board").querySelectorAll(
        "section:not([hidden]) summary",
      )),
    ];
  }
}

/**
 * Makes `elements` the children of `parent`, in this order, and moves only what is elsewhere.
 * @param {Element} parent
 * @param {readonly Element[]} elements
 */
function arrange(parent, elements) {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) {
    if (!wanted.has(child)) child.remove();
  }
  let place = parent.firstElementChild;
  for (const element of elements) {
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
}
