/** Finds in the kernel's log whether a connection is StandAlone because of a split brain. */
import type { Resource } from "../../drbd/model/model.ts";
import type { Effects } from "../../effects/effects.ts";
import { runLimited } from "../../effects/limited_run.ts";
import { peerName } from "../../health/peers.ts";

const ARGV = ["journalctl", "--dmesg", "--boot", "--output=cat", "--no-pager", "--quiet"] as const;
const LIMIT_MS = 5_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Node ids of the peers, by resource. The log is read only if a connection is StandAlone. Never rejects. */
export async function splitBrainPeers(
  effects: Effects,
  resources: Iterable<Resource>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const standAlone = [...resources].map((resource) => ({
    name: resource.name,
    connections: resource.connections.filter(({ connectionState }) => connectionState === "StandAlone"),
  })).filter(({ connections }) => connections.length > 0);
  if (standAlone.length === 0) return new Map();
  const result = await runLimited(effects, ARGV, { limitMs: LIMIT_MS, maxOutputBytes: MOST_BYTES })
    .catch(() => undefined);
  if (result?.code !== 0) return new Map();
  const lines = result.stdout.split("\n").filter((line) => line.startsWith("drbd "));
  return new Map(standAlone.map(({ name, connections }) => [
    name,
    connections.filter((each) => endedInSplitBrain(lines, name, peerName(each)))
      .map(({ peerNodeId }) => peerNodeId),
  ]));
}

/**
 * `drbd RESOURCE PEER: conn( ... -> Connected )`, `drbd RESOURCE/VOLUME drbdMINOR PEER: Split-Brain detected ...`. A split
 * brain before the last connection is over, unless it was detected during that connection's handshake.
 */
function endedInSplitBrain(lines: readonly string[], resource: string, peer: string): boolean {
  let found = false;
  for (const line of lines) {
    const [, name, connName, text = ""] = /^drbd ([^\s/]+)(?:\/\d+ drbd\d+)? (\S+): (.*)$/.exec(line) ?? [];
    if (name !== resource || connName !== peer) continue;
    if (/^Split-Brain detected/i.test(text)) found = true;
    else if (/\bconn\( \S+ -> Connected \)/.test(text)) found = false;
  }
  return found;
}
