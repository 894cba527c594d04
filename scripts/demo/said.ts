/** What a daemon's debugger plugin prints with `format = "json"`, as sentences for people. */

interface Said {
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  readonly [key: string]: unknown;
}

/** Names of nodes by their node ids. */
export type NodeNames = readonly string[];

/** Fields that would only be noise here. */
const UNTOLD: ReadonlySet<string> = new Set(["size", "backing-dev", "congested", "minor", "write-ordering"]);

const VERBS: ReadonlyMap<string, string> = new Map([
  ["exists", "is there"],
  ["create", "is created"],
  ["destroy", "is gone"],
  ["call", "is called"],
  ["response", "has its answer"],
]);

/** A sentence for a line of the daemon's log; undefined if the line is no update worth telling. Never throws. */
export function sentence(line: string, nodes: NodeNames): string | undefined {
  const brace = line.indexOf("{");
  if (brace < 0) return undefined;
  let said: unknown;
  try {
    said = JSON.parse(line.slice(brace));
  } catch {
    return undefined;
  }
  return isSaid(said) ? describe(said, nodes) : undefined;
}

function isSaid(value: unknown): value is Said {
  return isObject(value) && ["kind", "type", "name"].every((key) => typeof value[key] === "string");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(said: Said, nodes: NodeNames): string | undefined {
  const peerNodeId = said["peer-node-id"];
  const peer = typeof peerNodeId === "number" ? ` ${nodes[peerNodeId] ?? `node ${peerNodeId}`}` : "";
  const volume = typeof said["volume"] === "number" ? ` volume ${said["volume"]}` : "";
  const helper = said.kind === "helper" ? ` ${text(said["helper"])}` : "";
  const who = `${said.name}: ${said.kind}${helper}${peer}${volume}`;
  if (said.type === "rename") return `${who} is now called ${text(said["new-name"])}`;
  if (!isObject(said["old"]) || !isObject(said["new"])) return `${who} ${VERBS.get(said.type) ?? said.type}`;
  const changes = changesOf(said["old"], said["new"]);
  return changes.length === 0 ? undefined : `${who}: ${changes.join(", ")}`;
}

/** Which fields have another value. */
function changesOf(old: Record<string, unknown>, now: Record<string, unknown>): string[] {
  return Object.keys(now).flatMap((key) => {
    const [before, after] = [text(old[key]), text(now[key])];
    return before === after || UNTOLD.has(key) ? [] : [`${key.replaceAll("-", " ")} ${before} -> ${after}`];
  });
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "no" : value.join(",");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === undefined || value === null) return "unknown";
  return isObject(value) ? JSON.stringify(value) : String(value);
}
