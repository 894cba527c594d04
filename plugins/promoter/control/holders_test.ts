import assert from "node:assert/strict";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { holdersOf } from "./holders.ts";
import { Systemctl } from "../systemd/units/systemctl.ts";

const UNITS = ["x.target", "srv-db.mount", "db.service"];

function world() {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  systemd.set("x.target", { ActiveState: "active" });
  return { effects, systemd, holders: () => holdersOf(new Systemctl(effects), UNITS) };
}

Deno.test("holdersOf() says nothing where nothing is up", async () => {
  assert.equal(await world().holders(), undefined);
});

Deno.test("holdersOf() shows five of many processes", async () => {
  const { systemd, holders } = world();
  systemd.set("db.service", { ActiveState: "deactivating" });
  systemd.verbs.set("status", (role) => {
    for (let pid = 1; pid <= 8; pid++) role.print(`             ├─${pid} /usr/bin/db\n`);
    role.exit(0);
  });
  assert.match(
    await holders() ?? "",
    /^db\.service is deactivating, with \/usr\/bin\/db \(process 1\), .*\(process 5\) and 3 more$/,
  );
});

Deno.test("holdersOf() says how to look where fuser is not installed", async () => {
  const { systemd, holders } = world();
  systemd.set("srv-db.mount", { ActiveState: "active", Where: "/srv/db" });
  assert.equal(
    await holders(),
    "srv-db.mount is active, fuser -vm /srv/db (of the package psmisc) shows who uses it",
  );
});

Deno.test("holdersOf() does not wait for ever, and is silent where systemd does not answer", async () => {
  const { effects, systemd, holders } = world();
  systemd.verbs.set("show", () => {});
  let isOver = false;
  void holders().then((text) => isOver = text === undefined);
  await effects.clock.advance(30_000);
  assert.equal(isOver, true);
});

Deno.test("holdersOf() ends a fuser that does not answer within 10 s", async () => {
  const { effects, systemd, holders } = world();
  systemd.set("srv-db.mount", { ActiveState: "active", Where: "/srv/db" });
  effects.processes.install("fuser", () => {});
  let text: string | undefined;
  void holders().then((found) => text = found);
  await effects.clock.advance(9_000);
  assert.equal(text, undefined);
  await effects.clock.advance(2_000);
  assert.match(text ?? "", /^srv-db\.mount is active/);
  assert.deepEqual(effects.processes.alive, []);
});
