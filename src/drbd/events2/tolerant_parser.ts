/**
 * Parses one line tolerantly: keys in any order, unknown keys ignored, unknown words kept; lines of older and newer drbd-utils
 * and of other modes (timestamps, without `--full`). Only what identifies the object is required.
 */
import { parseCounter } from "../model/counter.ts";
import type { Event, ParsedLine, StateObject, StateVerb, UnknownPart } from "./event.ts";
import { eachPair } from "../strings/pairs.ts";
import { type KeyedObject, KEYS, type KeyTable, type Part } from "./keys.ts";
import { HELPER_PHASES, OBJECTS, VERBS } from "../model/vocabulary.ts";
import { WordList } from "./words.ts";

const verbs = new WordList(VERBS);
const objects = new WordList(OBJECTS);
const phases = new WordList(HELPER_PHASES);

/** Thrown and caught in this file only: why the line cannot be used. */
class Unusable extends Error {}

/** Parses a line without its newline. `note` is called with unknown keys and words. Never throws. */
export function readTokens(line: string, note: (unknown: UnknownPart) => void): ParsedLine {
  try {
    return readLine(line, note);
  } catch (error) {
    if (error instanceof Unusable) return { object: "rejected", reason: error.message, line };
    throw error;
  }
}

function readLine(line: string, note: (unknown: UnknownPart) => void): ParsedLine {
  const start = /^\d{4}-\d\d-\d\dT/.test(line) ? line.indexOf(" ") + 1 : 0;
  if (line.slice(start) === "exists -") return { object: "dump" };
  const [verb = "", object = ""] = line.slice(start).split(" ", 2);
  if (!verbs.has(verb)) throw new Unusable("it does not begin with a verb of events2");
  if (!objects.has(object)) throw new Unusable("its second word is no object of events2");
  const pairs = new Pairs(
    line.slice(start + verb.length + object.length + 2),
    KEYS[object as KeyedObject],
  );
  pairs.report(object as KeyedObject, note);
  const event = build(verb, object, pairs);
  if (event === undefined) throw new Unusable(`the verb ${verb} does not go with the object ${object}`);
  return event;
}

function build(verb: string, object: string, pairs: Pairs): Event | undefined {
  if (object === "helper") return phases.has(verb) ? helper(verb as "call" | "response", pairs) : undefined;
  if (phases.has(verb)) return undefined;
  if (verb === "rename") {
    if (object !== "resource") return undefined;
    return { object: "rename", name: pairs.name("name"), newName: pairs.name("new_name") };
  }
  return {
    object: object as StateObject,
    verb: verb as StateVerb,
    identity: pairs.identity(object as StateObject),
    state: pairs.part("state"),
    statistics: pairs.part("statistics"),
    blocked: pairs.get("blocked"),
  };
}

function helper(verb: "call" | "response", pairs: Pairs): Event {
  const status = pairs.get("status");
  return {
    object: "helper",
    verb,
    name: pairs.name("name"),
    helper: pairs.text("helper"),
    peerNodeId: pairs.optionalNumber("peer-node-id"),
    connName: pairs.get("conn-name"),
    volume: pairs.optionalNumber("volume"),
    minor: pairs.optionalNumber("minor"),
    status: status === undefined ? undefined : parseCounter(status),
  };
}

/** The keys after the name in an identity. */
const IDENTITY: Readonly<Record<StateObject, readonly string[]>> = {
  "resource": [],
  "device": ["volume"],
  "connection": ["peer-node-id"],
  "peer-device": ["peer-node-id", "conn-name", "volume"],
  "path": ["peer-node-id", "conn-name", "local", "peer"],
};
const NUMBERS = new Set(["volume", "peer-node-id"]);

/** The pairs of one line, sorted into identity, state and statistics. */
class Pairs {
  readonly #values = new Map<string, string>();
  readonly #unknown: [string, string][] = [];

  constructor(text: string, readonly table: KeyTable) {
    eachPair(text, (key, value) => {
      if (table.has(key)) this.#values.set(key, value);
      else this.#unknown.push([key, value]);
    });
  }

  report(object: KeyedObject, note: (unknown: UnknownPart) => void): void {
    for (const [key, value] of this.#unknown) note({ kind: "unknown key", object, key, value });
    for (const [key, value] of this.#values) {
      if (this.table.get(key)?.knows?.(value) === false) note({ kind: "unknown word", object, key, value });
    }
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  text(key: string): string {
    const value = this.#values.get(key);
    if (value !== undefined && value !== "") return value;
    // DRBD 8.4 has no node ids and no connection names.
    const hint = key === "peer-node-id" ? ", as with DRBD 8.4; drbdd needs DRBD 9" : "";
    throw new Unusable(`the key ${key} is missing${hint}`);
  }

  name(key: string): string {
    const name = this.text(key);
    if (name.includes("\uFFFD")) throw new Unusable(`the value of ${key} is not UTF-8`);
    return name;
  }

  /** The text of a number. */
  number(key: string): string {
    const value = this.text(key);
    if (!/^\d{1,9}$/.test(value)) throw new Unusable(`the value of ${key} is no number drbdd can use`);
    return value;
  }

  optionalNumber(key: string): number | undefined {
    return this.#values.has(key) ? Number(this.number(key)) : undefined;
  }

  /** The identity, in the form that `StateEvent` describes. */
  identity(object: StateObject): string {
    let identity = this.name("name");
    for (const key of IDENTITY[object]) {
      const value = NUMBERS.has(key)
        ? this.number(key)
        : key === "conn-name"
        ? this.get(key) ?? ""
        : this.text(key);
      identity += ` ${key}:${value}`;
    }
    return identity;
  }

  /** The pairs of one part, as drbdsetup would print them. */
  part(part: Part): string {
    const pairs: string[] = [];
    for (const [key, use] of this.table) {
      const value = use.part === part ? this.#values.get(key) : undefined;
      if (value !== undefined) pairs.push(`${key}:${value}`);
    }
    return pairs.join(" ");
  }
}
