import assert from "node:assert/strict";
import * as v from "valibot";
import { resourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import { entriesUntil } from "./choose_entries.ts";

const configOf = (name: string, table: ResourceInput) => resourceConfig(name, v.parse(RESOURCE_TABLE, table));
const web = configOf("web", {
  runner: "systemd",
  start: ["srv.mount", "ocf:heartbeat:IPaddr2 vip ip=192.0.2.1", "nginx.service"],
});
const shell = configOf("sh", { runner: "shell", start: ["drbdadm primary sh", "up"] });

for (
  const [until, want] of [
    ["0", 0],
    ["2", 2],
    ["3", 3],
    ["4", undefined],
    ["srv.mount", 1],
    ["vip", 2],
    ["ocf.rs@vip_web.service", 2],
    ["ocf:heartbeat:IPaddr2 vip", 2],
    ["nginx.service", 3],
    ["nginx", undefined],
    ["", undefined],
    ["-1", undefined],
  ] as const
) {
  Deno.test(`entriesUntil() takes ${JSON.stringify(until)} for ${want}`, () => {
    assert.equal(entriesUntil(web, until), want);
  });
}

Deno.test("entriesUntil() knows commands of the shell runner", () => {
  assert.equal(entriesUntil(shell, "up"), 2);
  assert.equal(entriesUntil(shell, "1"), 1);
  assert.equal(entriesUntil(shell, "down"), undefined);
});
