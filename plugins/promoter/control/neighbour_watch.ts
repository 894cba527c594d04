/** Follows the resources that one is not to run with. */
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import { ActiveResources } from "./active_resources.ts";
import type { Neighbour } from "../decide/moves/neighbours.ts";
import type { ResourceConfig } from "../config/resource_config.ts";

/** Calls `onChange` with the not-with resources now and after each change, until the plugin stops. */
export async function watchNeighbours(
  context: PluginContext,
  { name, notWith }: ResourceConfig,
  onChange: (neighbours: readonly Neighbour[]) => void,
): Promise<void> {
  if (notWith.length === 0) return;
  const active = ActiveResources.of(context.effects);
  let reported = "";
  const look = () => {
    const neighbours = notWith.map((each) => neighbour(context, active, name, each));
    const text = JSON.stringify(neighbours);
    if (text === reported) return;
    reported = text;
    onChange(neighbours);
  };
  active.listen(name, look, context.signal);
  look();
  const changes = context.changes({ resources: notWith, kinds: ["resource", "connection"] });
  for await (const _update of changes) look();
}

function neighbour(context: PluginContext, active: ActiveResources, own: string, name: string): Neighbour {
  const resource = context.resource(name);
  return {
    name,
    isHere: active.has(name) || resource?.role === "Primary",
    peers:
      resource?.connections.filter(({ peerRole }) => peerRole === "Primary").map(({ connName }) => connName)
        .sort() ?? [],
    // If each excludes the other, one must stay: otherwise both would move, perhaps to the same node.
    hasPrecedence: !active.isNotWith(name, own) || name < own,
  };
}
