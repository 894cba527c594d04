/** Serves the state over HTTP, as JSON and as a web page. Read-only. */
import { formatAddress } from "../../src/config/schema/address.ts";
import type { Unplaced } from "../../src/drbd/model/update.ts";
import type { Clock } from "../../src/effects/effects.ts";
import type { Missed, Plugin, Subscription } from "../../src/daemon/plugins/plugin.ts";
import { makeApp } from "./app.ts";
import { ChangeNotifier } from "./events/change_notifier.ts";
import type { ApiConfig } from "./config.ts";
import { Listener } from "./http/listener.ts";
import { NodeIds } from "./json/node_ids.ts";
import type { KnownNames } from "./http/request_guard.ts";
import { History, RING_CAPACITY } from "./events/history.ts";
import { TokenFile } from "./http/token_file.ts";
import { Views } from "./json/views.ts";

export const apiPlugin: Plugin<ApiConfig> = {
  name: "api",

  async run(config, context) {
    const { effects, metrics, log, signal } = context;
    const life = Math.floor(effects.random() * 36 ** 8).toString(36).padStart(8, "0");
    const ring = new History(life);
    const bell = new ChangeNotifier(effects.clock);
    const nodeIds = new NodeIds(effects.clock, () => context.nodeIds(), signal);
    const address = formatAddress(config.address);
    const requests = metrics.family("drbdd_api_requests_total", "counter", "Requests answered by the API");
    const streams = metrics.family("drbdd_api_event_streams", "gauge", "Clients of the API's event stream");
    const token = config.tokenFile === undefined ? undefined : new TokenFile(config.tokenFile, effects, log);
    await token?.look();
    const handler = makeApp({
      ...{ life, ring, bell, log, token },
      clock: effects.clock,
      journal: context.journal,
      node: effects.nodeName(),
      views: new Views(context, nodeIds, context.health),
      health: context.health,
      known: knownNames(config, effects.nodeName()),
      staleReason: context.staleReason,
      answered: (status) => requests.add({ address, code: String(status) }),
      streaming: (count) => streams.set({ address }, count),
      watching: (count) => context.watchCounters(count > 0),
    });
    // Updates are kept from here on for later clients.
    const updates = context.recentChanges(undefined, RING_CAPACITY);
    const listener = new Listener(config, handler, context);
    try {
      await listener.start();
      const feeding = feed(updates, ring, nodeIds, bell, effects.clock);
      await Promise.race([Promise.all([feeding, listener.keepCertificate()]), listener.failure]);
    } finally {
      await listener.close();
    }
  },
};

/** Host names need no check on unix sockets, which browsers cannot reach, and with a token, which browsers do not send unasked. */
function knownNames({ address, tokenFile, hostNames }: ApiConfig, node: string): KnownNames {
  return {
    any: address.transport === "unix" || tokenFile !== undefined,
    names: new Set([node.toLowerCase(), ...hostNames]),
  };
}

/** Keeps updates in the history until there are no more. */
async function feed(
  updates: Subscription<Unplaced | Missed>,
  ring: History,
  nodeIds: NodeIds,
  bell: ChangeNotifier,
  clock: Clock,
): Promise<void> {
  for await (const update of updates) {
    if (update.kind === "missed") ring.skip(update.count);
    else {
      ring.push(update, clock.wallMs());
      follow(nodeIds, update);
    }
    bell.ring();
  }
}

/** Looks up the node id for new resources. */
function follow(nodeIds: NodeIds, update: Unplaced): void {
  if (update.kind !== "resource") return;
  if (update.type === "exists" || update.type === "create") nodeIds.came(update.name);
  else if (update.type === "destroy") nodeIds.gone(update.name);
  else if (update.type === "rename") nodeIds.renamed(update.name, update.newName);
}
