/** Configurations of the kinds that other programs and published guides write: `drbddctl check` takes them as they are. */
import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../plugins/schemas.ts";
import type { PromoterConfig } from "../plugins/promoter/config.ts";
import { formatDiagnostic } from "../src/config/diagnostic.ts";
import { checkFiles } from "../src/ctl/check/check_files.ts";
import { memoryFiles } from "./support/config_files.ts";

const FOLDER = new URL("neighbours/", import.meta.url);

/** What their authors would want to hear; of all others nothing is said. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  "guide_controller_with_id.toml": [
    'warning: 3:1: Deprecated key, ignored: found "id" in "promoter", expected it to be left out',
  ],
  "guide_quorum_rules.toml": [
    'warning: 13:1: Rule that also matches everything that exists when drbdd starts: found no "event-type", and in "old" ' +
    'the values of an object not seen before, expected event-type = "Change" for changes only, or "event-type" with all ' +
    "types that are meant",
  ],
};

async function check(name: string) {
  const path = `/etc/drbdd.d/${name}`;
  const files = memoryFiles({
    "/etc/drbdd.toml": 'snippets = "/etc/drbdd.d"\n',
    [path]: await Deno.readTextFile(new URL(name, FOLDER)),
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
  assert.deepEqual([...kinds], [["csi", 1], ["gateway", 4], ["gui", 1], ["guide", 8]]);
});

for (const name of names) {
  Deno.test(`drbddctl check takes ${name} and says nothing that its author would not want to hear`, async () => {
    const { config, said } = await check(name);
    assert.deepEqual(said, SAID[name] ?? []);
    assert.ok(config !== undefined && config.plugins.length > 0);
  });
}

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
  assert.match(
    (await startListOf("guide_iscsi.toml"))[2] ?? "",
    /"allowed_initiators":"iqn.2026-11.example:a iqn.2026-11.example:b"/,
  );
});
