/**
 * What each object of a stream went through, apart from time and counters: the sequence of its states, equal ones in
 * a row taken as one. For holding one stream against another.
 */

/** By object; the name says its kind, resource, peer and volume. */
export type Sequences = ReadonlyMap<string, readonly string[]>;

/** The keys that make up the state of an object. Blank for those whose lines carry none. */
const STATE_KEYS: Readonly<Record<string, readonly string[]>> = {
  "resource": ["role", "suspended", "force-io-failures", "may_promote", "promotion_score"],
  "device": ["disk", "client", "quorum"],
  "connection": ["connection", "role"],
  "peer-device": ["replication", "peer-disk", "peer-client", "resync-suspended"],
  "path": ["established"],
  "helper": ["status"],
};

export function sequencesOf(lines: Iterable<string>): Sequences {
  const sequences = new Map<string, string[]>();
  for (const line of lines) {
    const [verb = "", kind = "", ...pairs] = line.split(" ");
    const stateKeys = STATE_KEYS[kind];
    if (stateKeys === undefined) continue;
    const values = new Map(pairs.map((pair): [string, string] => {
      const colon = pair.indexOf(":");
      return [pair.slice(0, colon), pair.slice(colon + 1)];
    }));
    const object = ["name", "conn-name", "volume", "helper"].flatMap((key) => values.get(key) ?? []);
    const name = [kind, ...object].join(" ");
    const sequence = sequences.get(name) ?? [];
    sequences.set(name, sequence);
    const state = verb === "destroy" || kind === "helper"
      ? [verb, values.get("status") ?? ""].join(" ").trim()
      : stateKeys.map((key) => values.get(key) ?? "?").join(" ");
    if (sequence.at(-1) !== state) sequence.push(state);
  }
  return sequences;
}

/** Where two streams part. */
export interface Difference {
  readonly object: string;
  /** What one has from the first difference to the last, and what the other has in its place. */
  readonly recorded: readonly string[];
  readonly modelled: readonly string[];
}

export function differences(recorded: Sequences, modelled: Sequences): Difference[] {
  const objects = [...new Set([...recorded.keys(), ...modelled.keys()])].sort();
  return objects.flatMap((object) => {
    const [a, b] = [[...recorded.get(object) ?? []], [...modelled.get(object) ?? []]];
    while (a.length > 0 && b.length > 0 && a[0] === b[0]) {
      a.shift();
      b.shift();
    }
    while (a.length > 0 && b.length > 0 && a.at(-1) === b.at(-1)) {
      a.pop();
      b.pop();
    }
    return a.length + b.length === 0 ? [] : [{ object, recorded: a, modelled: b }];
  });
}
