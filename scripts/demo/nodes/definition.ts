/** What the demo's cluster is made of: nodes, DRBD resources, their services, and drbdd's configuration. */
import { type ClusterConfig, nodesNamed } from "../../../tests/simulation/model/config.ts";
import type { ServiceSpec } from "../../../tests/simulation/cluster/setup/spec.ts";

/** Nodes that a person can remember. */
export const NODES = ["alpha", "beta", "gamma"] as const;

/** A DRBD resource, what runs on it, and how drbdd is configured for it. */
export interface DemoResource {
  readonly name: string;
  /** Its unit is `SERVICE.service`. */
  readonly service: string;
  readonly sizeKib: number;
  /** The keys of its table, beside `start`. */
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
}

export const RESOURCES: readonly DemoResource[] = [
  {
    name: "web",
    service: "nginx",
    sizeKib: 24 * 1024,
    keys: {
      "preferred-nodes": ["alpha", "beta", "gamma"],
      "preferred-nodes-policy": "start-only",
      "on-service-failure": "fail-over",
    },
  },
  {
    name: "db",
    service: "postgresql",
    sizeKib: 32 * 1024,
    keys: {
      "preferred-nodes": ["gamma", "alpha", "beta"],
      "preferred-nodes-policy": "start-only",
      "on-disk-detach": "fail-over",
      "on-service-failure": "restart",
    },
  },
];

/** Fast enough to watch: machines boot in seconds, a lost peer is noticed after one or two. */
export const CLUSTER: ClusterConfig = {
  nodes: nodesNamed(...NODES),
  resources: RESOURCES.map(({ name, sizeKib }, place) => ({
    name,
    port: 7000 + place,
    volumes: [{ volume: 0, minor: place + 1, sizeKib, backingDev: `/dev/vg/${name}` }],
    resyncRateKibPerS: 12 * 1024,
  })),
  timing: { bootMs: [1_500, 2_000], pingIntMs: 1_200, connectMs: [100, 700], connectRetryMs: [500, 1_000] },
};

/** The programs that systemd starts: they open their device, and write 1.2 MiB/s to it. */
export const SERVICES: readonly ServiceSpec[] = RESOURCES.map(({ name, service }) => ({
  name: service,
  resource: name,
  volume: 0,
  kind: "notify",
  startMs: 300,
  stopMs: 200,
  stopTimeoutMs: 10_000,
  writeEveryMs: 50,
  onIoError: "go on",
}));

/** Where the API and the page of a node are. */
export interface PageAddress {
  readonly node: string;
  readonly port: number;
}

/** The files of drbdd's configuration on a node, by name: the main file, and a snippet for each resource. */
export function configFiles(directory: string, port: number): ReadonlyMap<string, string> {
  const main = [
    `snippets = ${JSON.stringify(`${directory}/drbdd.d`)}`,
    "",
    "[[api]]",
    `address = "127.0.0.1:${port}"`,
    "",
  ].join("\n");
  return new Map([
    ["drbdd.toml", main],
    ...RESOURCES.map((resource): [string, string] => [`drbdd.d/${resource.name}.toml`, snippetOf(resource)]),
  ]);
}

function snippetOf({ name, service, keys }: DemoResource): string {
  return [
    "[[promoter]]",
    `[promoter.resources.${name}]`,
    `start = ["${service}.service"]`,
    ...Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    "",
  ].join("\n");
}
