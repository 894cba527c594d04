/**
 * A second reading of `drbdsetup events2 --full`, to check the core by: line by line, pair by pair, all values as
 * printed. Slow, simple, and without a word of the core's code.
 */

/** Values by key, as printed. */
export type Fields = Record<string, string>;

export interface NaiveResource {
  own: Fields;
  /** By volume. */
  devices: Record<string, Fields>;
  /** By peer node id. */
  connections: Record<string, Fields>;
  /** By peer node id and volume, parted by a blank. */
  peerDevices: Record<string, Fields>;
  /** By peer node id, local and peer address, parted by blanks. */
  paths: Record<string, Fields>;
}

/** Resources by name. */
export type NaiveState = Record<string, NaiveResource>;

const GROUPS = {
  device: "devices",
  connection: "connections",
  "peer-device": "peerDevices",
  path: "paths",
} as const;
const KEYS = {
  device: ["volume"],
  connection: ["peer-node-id"],
  "peer-device": ["peer-node-id", "volume"],
  path: ["peer-node-id", "local", "peer"],
};

/** What is there after all lines of `text`. */
export function naiveReading(text: string): NaiveState {
  let state: NaiveState = {};
  let isDump = false;
  for (const line of text.split("\n")) {
    const words = line.replace(/^\d{4}-\S+ /, "").split(" ");
    const [verb = "", object = ""] = words;
    if (verb === "exists" && !isDump) state = {};
    isDump = verb === "exists" && object !== "-";
    const fields = fieldsOf(words.slice(2));
    if (object === "resource") readResource(state, verb, fields);
    else if (object in GROUPS) readChild(state, verb, object as keyof typeof GROUPS, fields);
  }
  return state;
}

function readResource(state: NaiveState, verb: string, fields: Fields): void {
  const { name = "", new_name: newName, ...own } = fields;
  const known = state[name] ?? { own, devices: {}, connections: {}, peerDevices: {}, paths: {} };
  if (verb === "destroy" || verb === "rename") delete state[name];
  if (verb === "rename") state[newName ?? ""] = known;
  else if (verb !== "destroy") state[name] = { ...known, own };
}

function readChild(state: NaiveState, verb: string, object: keyof typeof GROUPS, fields: Fields): void {
  const resource = state[fields["name"] ?? ""];
  if (resource === undefined) return;
  const group = resource[GROUPS[object]];
  const id = KEYS[object].map((key) => fields[key]).join(" ");
  if (verb !== "destroy") {
    const identity = ["name", ...KEYS[object], ...(object === "connection" ? [] : ["conn-name"])];
    const rest = Object.entries(fields).filter(([key]) => !identity.includes(key));
    // Where requests wait is printed only when it has changed.
    const kept = object === "device" ? { blocked: group[id]?.["blocked"] ?? "no" } : {};
    group[id] = { ...kept, ...Object.fromEntries(rest) };
    return;
  }
  delete group[id];
  if (object === "connection") {
    removeWhere(resource.peerDevices, (peer) => peer === id);
    removeWhere(resource.paths, (peer) => peer === id);
  }
  if (object === "device") removeWhere(resource.peerDevices, (_peer, volume) => volume === id);
}

function removeWhere(group: Record<string, Fields>, goes: (...id: string[]) => boolean): void {
  for (const id of Object.keys(group)) if (goes(...id.split(" "))) delete group[id];
}

/** Words are parted at their first colon; one without a colon is the rest of a path with a blank in it. */
function fieldsOf(words: readonly string[]): Fields {
  const fields: Fields = {};
  let last = "";
  for (const word of words) {
    const colon = word.indexOf(":");
    if (colon < 0) {
      fields[last] += ` ${word}`;
    } else {
      last = word.slice(0, colon);
      fields[last] = word.slice(colon + 1);
    }
  }
  return fields;
}
