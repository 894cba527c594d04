/**
 * `evict --to NODE`: the other peers are put on hold for a while, so that the named one is the only one to take over. There
 * is no protocol between daemons: the holds are set by ssh, before anything is stopped here, and end by themselves.
 */
import { placeAmong } from "../../../plugins/promoter/decide/start/promotion_delay.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { viewOf } from "../../../plugins/promoter/decide/view.ts";
import { alternatives } from "../../config/toml/wording.ts";
import type { Resource } from "../../drbd/model/model.ts";
import { describe } from "../../effects/describe.ts";
import { nodesOf } from "../cluster/context.ts";
import type { ClusterNode } from "../cluster/context_file.ts";
import { type Answer, Remote } from "../cluster/remote.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";

/**
 * How long the services here may take to stop. After that the holds of the other peers end, whatever the outcome of
 * this command.
 */
const STOP_S = 120;
/** Exit code of ssh itself. */
const UNREACHED = 255;

export interface TransferRequest {
  /** As the administrator names it: as DRBD does, or the context. */
  readonly to: string;
  /** How long the named node has, when the services are stopped here. */
  readonly delayS: number;
  /** Also to a node whose data are not UpToDate. */
  readonly isForced: boolean;
}

export interface Transfer {
  /** The peer that is to take over, as DRBD names it. */
  readonly to: string;
  /** Ends the holds of the other peers. Never rejects: holds that cannot be ended expire. */
  release(): Promise<void>;
}

/** When this ends, all other peers are on hold. @throws {CtlError} If that is not possible: then none is. */
export async function prepareTransfer(
  config: ResourceConfig,
  resource: Resource,
  request: TransferRequest,
  signal: AbortSignal,
  ctl: Ctl,
): Promise<Transfer> {
  const { name } = config;
  const nodes = await nodesOf({ context: ctl.context, names: [] }, ctl.effects, ctl.err);
  const to = peerNamed(request.to, resource, nodes, ctl.effects.nodeName());
  requireFit(to, resource, request.isForced);
  const others = resource.connections.filter(({ connName }) => connName !== to);
  const reached = others.map(({ connName }) => nodeOf(connName, nodes, ctl.context));
  warnOfPreferred(config, to, others.map(({ connName }) => connName), ctl);
  const reason =
    `drbddctl evict --to ${to} ${name} on ${ctl.effects.nodeName()}, ${ctl.effects.clock.wallMs()}`;
  const seconds = request.delayS + STOP_S;
  const hold = ["hold", "--for", String(seconds), "--reason", reason, name];
  const held = await withProgress(
    ctl,
    `${name}: asking ${reached.map((node) => node.name).join(" and ")} to put it on hold`,
    onAll(reached, hold, signal, ctl),
  );
  const release = async () => {
    // If ssh did not reach the node, no hold was set.
    const reached = held.filter(({ code }) => code !== UNREACHED).map(({ node }) => node);
    const ended = await onAll(
      reached,
      ["unhold", "--reason", reason, name],
      new AbortController().signal,
      ctl,
    );
    for (const { node, stderr } of ended.filter(({ code }) => code !== 0)) {
      const text = `${name}: the hold on ${node.name} ends by itself within ${seconds} s`;
      ctl.err.line(`${text}: ${lastOf(stderr)}`);
    }
  };
  const failed = held.filter(({ code }) => code !== 0);
  const [needed] = failed.filter(({ node }) => isConnected(node, others));
  if (needed === undefined && !signal.aborted) {
    for (const { node, stderr } of failed) {
      ctl.err.line(
        `${name}: ${node.name} is not connected and could not be asked to put it on hold: ${lastOf(stderr)}`,
      );
    }
    return { to, release };
  }
  await release();
  if (needed === undefined || signal.aborted) throw new CtlError("interrupted");
  throw new CtlError(`${needed.node.name} cannot be asked to put it on hold: ${lastOf(needed.stderr)}`, {
    remedy:
      `ssh ${needed.node.user}@${needed.node.hostname} drbddctl status; without --to any peer may take over`,
  });
}

async function onAll(
  nodes: readonly ClusterNode[],
  words: readonly string[],
  signal: AbortSignal,
  ctl: Ctl,
): Promise<Answer[]> {
  const remote = new Remote(ctl, signal);
  return await Promise.all(nodes.map(async (node) => {
    try {
      return await remote.run(node, ["--local", ...words]);
    } catch (error) {
      return { node, code: EXIT.failure, stdout: "", stderr: describe(error) };
    }
  }));
}

function peerNamed(
  word: string,
  { name, connections }: Resource,
  nodes: readonly ClusterNode[],
  here: string,
): string {
  const known = nodes.find((node) => node.name === word || node.hostname === word);
  const names = [word, ...(known === undefined ? [] : [known.name, known.hostname])];
  const found = connections.find(({ connName }) => names.includes(connName));
  if (found !== undefined) return found.connName;
  const peers = connections.map(({ connName }) => connName);
  throw new CtlError(
    names.includes(here) ? `${name} is on ${here} already` : `"${word}" is no peer of ${name}`,
    {
      remedy: peers.length === 0 ? `drbdadm status ${name}` : `it has ${alternatives(peers)}`,
      exitCode: EXIT.usage,
    },
  );
}

function requireFit(to: string, resource: Resource, isForced: boolean): void {
  const { connected, upToDatePeers } = viewOf(resource);
  const remedy = `drbdadm status ${resource.name}`;
  if (!connected.includes(to)) {
    throw new CtlError(`${to} is not connected, so it cannot take over`, { remedy });
  }
  if (upToDatePeers.includes(to) || isForced) return;
  throw new CtlError(`the data on ${to} are not UpToDate`, {
    remedy: `${remedy}; to move it there anyway: --force`,
  });
}

/** @throws {CtlError} If nobody says how to reach it. */
function nodeOf(peer: string, nodes: readonly ClusterNode[], context: string): ClusterNode {
  const found = nodes.find(({ name, hostname }) => name === peer || hostname === peer);
  if (found !== undefined) return found;
  throw new CtlError(
    `--to puts the resource on hold on the other peers, and the cluster context "${context}" does not say how to reach ${peer}`,
    { remedy: `add [nodes.${peer}] to the context, see drbddctl(8)`, exitCode: EXIT.usage },
  );
}

function isConnected({ name, hostname }: ClusterNode, connections: Resource["connections"]): boolean {
  return connections.some(({ connName, connectionState }) =>
    (connName === name || connName === hostname) && connectionState === "Connected"
  );
}

/** With the policy "always" the services would not stay. */
function warnOfPreferred(
  { name, preferredNodes, preferredNodesPolicy }: ResourceConfig,
  to: string,
  others: readonly string[],
  { err }: Ctl,
): void {
  if (preferredNodesPolicy !== "always") return;
  const place = placeAmong(preferredNodes, to);
  const better = others.filter((peer) => placeAmong(preferredNodes, peer) < place);
  if (better.length === 0) return;
  err.line(
    `${err.style.odd("warning:")} ${name}: ${
      better.join(" and ")
    } before ${to} in preferred-nodes: services will move on ` +
      'there, unless preferred-nodes-policy is "start-only"',
  );
}

function lastOf(text: string): string {
  return text.trim().split("\n").findLast((line) => !line.startsWith("  Next:")) || "no answer";
}
