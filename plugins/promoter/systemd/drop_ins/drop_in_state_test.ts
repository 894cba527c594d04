import assert from "node:assert/strict";
import { isOutOfDate } from "./drop_in_state.ts";

const FILE = "/run/systemd/system/db.service.d/drbdd.conf";

for (
  const { name, state, want } of [
    { name: "systemd has loaded it", state: { DropInPaths: FILE }, want: false },
    {
      name: "systemd has loaded others only, though it knows of no change",
      state: { DropInPaths: "/etc/systemd/system/db.service.d/own.conf", NeedDaemonReload: "no" },
      want: true,
    },
    {
      name: "systemd has loaded none, though it knows of no change",
      state: { NeedDaemonReload: "no" },
      want: true,
    },
    { name: "systemd knows of a change", state: { DropInPaths: FILE, NeedDaemonReload: "yes" }, want: true },
    {
      name: "one of the same name goes before it",
      state: { DropInPaths: "/etc/systemd/system/db.service.d/drbdd.conf" },
      want: false,
    },
    { name: "the unit is masked", state: { LoadState: "masked" }, want: false },
    { name: "there is no such unit", state: { LoadState: "not-found" }, want: false },
  ]
) {
  Deno.test(`isOutOfDate() is ${want} for a drop-in when ${name}`, () => {
    const properties = new Map(Object.entries({ LoadState: "loaded", ...state }));
    assert.equal(isOutOfDate(properties, [FILE, "/run/systemd/system/db.service.d/drbdd-agent.env"]), want);
  });
}
