/** Configurations of the kinds that other programs and published guides write: `drbddctl check` takes them as they are. */
import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../plugins/schemas.ts";
import type { PromoterConfig } from "../plugins/promoter/config.ts";
import { formatDiagnostic } from "../src/config/toml/diagnostic.ts";
import { checkFiles } from "../src/ctl/check/check_files.ts";
import { memoryFiles } from "./support/trials/config_files.ts";

const FOLDER = new URL("neighbours/", import.meta.url);

/** Whole main files; the others are snippets. */
const MAIN_FILES = ["peer_main_file.toml", "peer_main_file_debugger.toml"];

const ON_STOP_FAILURE =
  'Key without effect: found "on-stop-failure" with the systemd runner, expected "on-drbd-demote-failure" instead, or runner = "shell"';
const idOf = (plugin: string) =>
  `Deprecated key, ignored: found "id" in "${plugin}", expected it to be left out`;

/** Findings that their authors would want; for all others there are none. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  "gateway_iscsi_with_id.toml": [`warning: 2:3: ${idOf("promoter")}`],
  "gateway_nfs_first.toml": [`warning: 2:3: ${idOf("promoter")}`, `warning: 7:7: ${ON_STOP_FAILURE}`],
  "guide_mount_unit_last.toml": [
    'warning: 3:10: Mount as the last unit: found "mnt-test.mount", expected the agent ocf:heartbeat:Filesystem, which ' +
    "ends programs that keep it from being unmounted",
  ],
  "guide_no_resource.toml": [
    "warning: 1:3: Promoter without work: found no resource, expected a table [promoter.resources.NAME]",
  ],
  // The start list is in a table that nobody reads.
  "guide_wrong_tables.toml": [
    "warning: 2:21: Nothing to start: found an empty start list, expected at least one entry",
    'error: 4:11: Unknown key, ignored: found "runner" in "promoter", expected "id" or "resources"',
  ],
  "peer_old_stop_failure.toml": [`warning: 4:1: ${ON_STOP_FAILURE}`],
  "peer_old_templates.toml": [
    `warning: 2:1: ${idOf("prometheus")}`,
    `warning: 6:1: ${idOf("umh")}`,
    `warning: 13:1: ${idOf("debugger")}`,
  ],
  "guide_controller_with_id.toml": [
    `warning: 3:1: ${idOf("promoter")}`,
  ],
  "guide_quorum_rules.toml": [
    'warning: 13:1: Rule that also matches everything that exists when drbdd starts: found no "event-type", and in "old" ' +
    'the values of an object not seen before, expected event-type = "Change" for changes only, or "event-type" with all ' +
    "types that are meant",
  ],
};

async function check(name: string) {
  return await checkText(await Deno.readTextFile(new URL(name, FOLDER)), MAIN_FILES.includes(name));
}

async function checkText(text: string, isMain = false) {
  const path = isMain ? "/etc/drbdd.toml" : "/etc/drbdd.d/snippet.toml";
  const files = memoryFiles({
    "/etc/drbdd.toml": 'snippets = "/etc/drbdd.d"\n',
    "/etc/drbdd.d/snippet.toml": "",
    [path]: text,
  });
  const { config, diagnostics } = await checkFiles(
    files,
    "/etc/drbdd.toml",
    [],
    { schemas: PLUGIN_SCHEMAS },
    "strict",
  );
  const said = diagnostics.map((each) =>
    `${each.severity}: ${formatDiagnostic(each).replace(`${path}:`, "")}`
  );
  return { config, said };
}

const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();

Deno.test("there are files of all kinds of neighbours", () => {
  const kinds = new Map<string, number>();
  for (const name of names) {
    const [kind = ""] = name.split(/[_.]/);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  assert.deepEqual([...kinds], [["csi", 2], ["gateway", 6], ["gui", 1], ["guide", 15], ["peer", 13]]);
});

for (const name of names) {
  Deno.test(`drbddctl check takes ${name} and reports nothing that its author would not want`, async () => {
    const { config, said } = await check(name);
    assert.deepEqual(said, SAID[name] ?? []);
    assert.ok(config !== undefined && config.plugins.length > 0);
  });
}

Deno.test("a field with an operator and without one is refused, as drbd-reactor's documentation says", async () => {
  const { config, said } = await checkText(
    '[[umh]]\n[[umh.resource]]\ncommand = "true"\nold.role.operator = "NotEquals"\nold.role = "Primary"\n',
  );
  assert.equal(config, undefined);
  assert.deepEqual(said, [
    'error: 5:1: Not valid TOML: found "old.role" a second time, first at 4:1, expected each key once',
  ]);
});

async function startListOf(name: string) {
  const { config } = await check(name);
  const [resource] = (config?.plugins[0]?.config as PromoterConfig).resources;
  assert.ok(resource?.runner === "systemd");
  return resource.start.map((entry) =>
    entry.kind === "unit" ? entry.unit : `${entry.agent} ${
      JSON.stringify(
        Object.fromEntries(entry.parameters.map(({ name, value }) => [name, value])),
      )
    }`
  );
}

Deno.test("quoted, empty and spaced values of agents come out as they were meant", async () => {
  const list = await startListOf("gateway_iscsi.toml");
  assert.equal(
    list[5],
    `iSCSITarget ${
      JSON.stringify({
        allowed_initiators: "",
        incoming_password: "secret of the client",
        incoming_username: "client",
        iqn: "iqn.2026-11.example:disks",
        portals: "192.0.2.40:3260 [2001:db8::40]:3260",
      })
    }`,
  );
  assert.match((await startListOf("gateway_nfs_user_space.toml"))[5] ?? "", /"export_id":"1;2"/);
  assert.match((await startListOf("gateway_nfs_first.toml"))[1] ?? "", /"clientspec":"\[::\]\/0"/);
  assert.match((await startListOf("gateway_iscsi_with_id.toml"))[4] ?? "", /"product_id":"Disk of ours"/);
  assert.equal(
    (await startListOf("guide_mount.toml"))[0],
    'Filesystem {"device":"/dev/drbd1000","directory":"/mnt/test","fstype":"ext4","run_fsck":"no"}',
  );
  assert.match(
    (await startListOf("guide_iscsi.toml"))[2] ?? "",
    /"allowed_initiators":"iqn.2026-11.example:a iqn.2026-11.example:b"/,
  );
});
