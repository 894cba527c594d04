/**
 * A node with many resources, to measure the daemon's own work: stand-ins for the programs it runs that do almost
 * nothing, and a private mount namespace for systemd's files in /run.
 */
import { quoted } from "./quoted.ts";

/** Where the tables of the resources stand. */
export type Layout = "one file" | "snippets";

export interface ManyNode {
  readonly folder: string;
  readonly names: readonly string[];
  readonly layout: Layout;
}

const OPTIONS = {
  "auto-promote": false,
  "quorum": "majority",
  "on-no-quorum": "io-error",
  "on-no-data-accessible": "io-error",
  "on-suspended-primary-outdated": "force-secondary",
};

/** Makes the files of a node with so many resources. */
export async function makeNode(count: number, layout: Layout): Promise<ManyNode> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bench-" });
  const names = Array.from({ length: count }, (_, place) => `r${place}`);
  for (const name of ["bin", "runtime", "active", "show", "snippets"]) await Deno.mkdir(`${folder}/${name}`);
  await Promise.all(names.map((name) => {
    const shown = [{ resource: name, options: OPTIONS, connections: [] }];
    return Deno.writeTextFile(`${folder}/show/${name}`, JSON.stringify(shown));
  }));
  const all = names.map((resource) => ({ resource, options: OPTIONS, connections: [] }));
  await Deno.writeTextFile(`${folder}/show-all`, JSON.stringify(all));
  await Deno.writeTextFile(`${folder}/events2`, `${names.map(dumpOf).join("\n")}\nexists -\n`);
  await Deno.writeTextFile(`${folder}/starts`, "");
  for (const [name, script] of Object.entries(programs(folder))) {
    await Deno.writeTextFile(`${folder}/bin/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const node = { folder, names, layout };
  await writeConfig(node, new Map());
  return node;
}

/** Writes the configuration: `more` are units after the first one, by resource. */
export async function writeConfig(node: ManyNode, more: ReadonlyMap<string, string>): Promise<void> {
  const { folder, names, layout } = node;
  const head =
    `snippets = "${folder}/snippets"\nsnippets-monitoring-interval = 3600\n[[log]]\nlevel = "info"\n`;
  const table = (name: string) => {
    const units = [`${name}.service`, ...more.has(name) ? [more.get(name)] : []];
    return `[[promoter]]\n[promoter.resources.${name}]\nstart = ${JSON.stringify(units)}\n`;
  };
  const tables = layout === "one file" ? names.map(table).join("") : "";
  await Deno.writeTextFile(`${folder}/drbdd.toml`, head + tables);
  if (layout === "one file") return;
  const changed = more.size === 0 ? names : [...more.keys()];
  await Promise.all(
    changed.map((name) => Deno.writeTextFile(`${folder}/snippets/${name}.toml`, table(name))),
  );
}

function dumpOf(name: string): string {
  return [
    `exists resource name:${name} role:Secondary suspended:no force-io-failures:no write-ordering:flush may_promote:yes promotion_score:10102`,
    `exists connection name:${name} peer-node-id:1 conn-name:beta connection:Connected role:Secondary congested:no ap-in-flight:0 rs-in-flight:0`,
    `exists device name:${name} volume:0 minor:1 backing_dev:/dev/vg/${name} disk:UpToDate client:no open:no quorum:yes size:1 read:0 written:0 al-writes:0 bm-writes:0 upper-pending:0 lower-pending:0 al-suspended:no blocked:no`,
    `exists peer-device name:${name} peer-node-id:1 conn-name:beta volume:0 replication:Established peer-disk:UpToDate peer-client:no resync-suspended:no received:0 sent:0 out-of-sync:0 pending:0 unacked:0`,
  ].join("\n");
}

function programs(folder: string): Record<string, string> {
  const dir = quoted(folder);
  return {
    drbdadm: "exit 0",
    drbdsetup: `
case "$1" in
show) shift; for last; do :; done; case "$last" in --*) cat ${dir}/show-all;; *) cat ${dir}/show/"$last";; esac; exit;;
esac
exec tail -n +1 -f --pid=$PPID ${dir}/events2`,
    systemctl: `
while [ "\${1#--no-}" != "$1" ]; do shift; done
case "$1" in
show)
  shift
  properties=
  while [ "$1" != -- ]; do properties="$properties \${1#--property=}"; shift; done
  shift
  for unit; do
    state=inactive; [ -e ${dir}/active/"$unit" ] && state=active
    for property in $properties; do
      value=
      case $property in
      LoadState) value=loaded;; ActiveState) value=$state;; NeedDaemonReload) value=no;; Type) value=simple;;
      DropInPaths) set -- /run/systemd/system/"$unit".d/*.conf; value="$*";;
      esac
      echo "$property=$value"
    done
    echo
  done;;
start)
  name=\${2#*@}; name=\${name%.target}
  read -r now rest </proc/uptime
  echo "$now $name" >> ${dir}/starts
  : > ${dir}/active/drbd-promote@"$name".service; : > ${dir}/active/"$name".service; : > ${dir}/active/"$2"
  echo "change resource name:$name role:Primary may_promote:no" >> ${dir}/events2;;
esac`,
  };
}
