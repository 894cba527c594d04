/** Exports as gateways configure them, on a real systemd: every agent of the list in its turn, with the values that were written. */
import assert from "node:assert/strict";
import { type Node, nodeTest, withQuorum } from "./promoter/node.ts";

const NOTE = "/usr/lib/drbdd-standin/note";
const AGENTS = "/usr/lib/ocf/resource.d/heartbeat";
/** What agents were given at their start: one file for each use of an agent. */
const GIVEN = "/var/lib/agents";

/** Stands in for all agents: it does nothing, and runs until it is stopped. */
const AGENT = `#!/bin/sh
case $1 in
  start)
    ${NOTE} start "$OCF_RESOURCE_INSTANCE"
    env -0 | grep -z '^OCF_RESKEY_' >"${GIVEN}/$OCF_RESOURCE_INSTANCE"
    touch "${GIVEN}/$OCF_RESOURCE_INSTANCE.runs"
    ;;
  monitor) [ -e "${GIVEN}/$OCF_RESOURCE_INSTANCE.runs" ] || exit 7 ;;
  stop)
    ${NOTE} stop "$OCF_RESOURCE_INSTANCE"
    rm -f "${GIVEN}/$OCF_RESOURCE_INSTANCE.runs"
    ;;
esac
exit 0
`;

interface Export {
  readonly kind: string;
  readonly resource: string;
  /** The start list's IDs, in order. */
  readonly order: readonly string[];
  /** Some values of one of them. */
  readonly given: { readonly id: string; readonly values: Readonly<Record<string, string>> };
}

const EXPORTS: readonly Export[] = [
  {
    kind: "iscsi",
    resource: "disks",
    order: [
      "fs_cluster_private",
      "pblock0",
      "pblock1",
      "service_ip0",
      "service_ip1",
      "target",
      "lu1",
      "lu2",
      "portunblock0",
      "portunblock1",
    ],
    given: {
      id: "target",
      values: {
        allowed_initiators: "",
        incoming_password: "secret of the client",
        iqn: "iqn.2026-11.example:disks",
        portals: "192.0.2.40:3260 [2001:db8::40]:3260",
      },
    },
  },
  {
    kind: "nfs",
    resource: "share",
    order: [
      "portblock",
      "fs_cluster_private",
      "fs_1",
      "service_ip",
      "nfsserver",
      "export_1_0",
      "export_1_1",
      "portunblock",
    ],
    given: {
      id: "export_1_0",
      values: { clientspec: "::/0", options: "rw,all_squash,anonuid=0,anongid=0" },
    },
  },
  {
    kind: "nfs_user_space",
    resource: "homes",
    order: ["portblock", "fs_cluster_private", "fs_1", "fs_2", "service_ip", "nfsserver", "portunblock"],
    given: {
      id: "nfsserver",
      values: { clients: "*,2001:db8::/32", export_path: "/srv/exports/homes/a;/srv/exports/homes/b" },
    },
  },
  {
    kind: "nvme",
    resource: "flash",
    order: ["portblock", "fs_cluster_private", "service_ip", "subsys", "ns_1", "port", "portunblock"],
    given: { id: "subsys", values: { nqn: "nqn.2026-11.example:nvme:flash", serial: "0123456789abcdef" } },
  },
];

const config = (kind: string) =>
  Deno.readTextFileSync(new URL(`../neighbours/gateway_${kind}.toml`, import.meta.url));

function agentFiles(text: string) {
  const names = new Set([...text.matchAll(/ocf:heartbeat:(\S+)/g)].map(([, name]) => name));
  return Object.fromEntries([...names].map((name) => [`${AGENTS}/${name}`, { text: AGENT, mode: 0o755 }]));
}

async function givenTo(node: Node, instance: string): Promise<Map<string, string>> {
  const text = await node.box.readFile(`${GIVEN}/${instance}`);
  return new Map(
    text.split("\0").filter((each) => each !== "").map((each): [string, string] => {
      const equals = each.indexOf("=");
      return [each.slice("OCF_RESKEY_".length, equals), each.slice(equals + 1)];
    }),
  );
}

for (const { kind, resource, order, given } of EXPORTS) {
  const text = config(kind);
  nodeTest(`a gateway's ${kind} export is started in its order, and stopped in reverse`, {
    config: text,
    resources: [resource],
    files: { ...agentFiles(text), [`${GIVEN}/README`]: "" },
  }, async (node) => {
    await node.run(resource);
    const instances = order.map((id) => `${id}_${resource}`);
    const up = [`primary ${resource}`, ...instances.map((each) => `start ${each}`)];
    await node.does(`adjust ${resource}`, ...up);
    assert.equal(
      await node.states(...instances.map((each) => `ocf.rs@${each}.service`)),
      instances.map(() => "active").join(" "),
    );
    const values = await givenTo(node, `${given.id}_${resource}`);
    for (const [name, value] of Object.entries(given.values)) assert.equal(values.get(name), value, name);
    const words = (await node.log()).filter((each) => /metadata|Unknown key/.test(each));
    assert.deepEqual(words, []);
    await node.drbd.forget();
    await node.print(withQuorum(resource, "no"));
    await node.does(
      ...instances.toReversed().map((each) => `stop ${each}`),
      `secondary-secondary-force ${resource}`,
    );
  });
}
