import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../../../../plugins/schemas.ts";
import { DUMP_END, dumpOf } from "../../../../tests/support/core/events2_text.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../../tests/support/simulated/simulated_systemd.ts";
import { loadConfig } from "../../../config/load.ts";
import { gather } from "./gather.ts";

const WEB = `[[promoter]]\n[promoter.resources.web]\nstart = ["nginx.service"]\n`;
const API = `[[api]]\naddress = "unix:/run/api.sock"\n`;
const SHOWN = JSON.stringify([{ resource: "web", options: { quorum: "majority" }, connections: [] }]);

async function world(text: string) {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  systemd.activate("nginx.service", "drbdd.service");
  effects.processes.install("drbdsetup", (role) => {
    role.print(
      role.argv[1] === "show" ? SHOWN : [...dumpOf("web"), ...dumpOf("db"), DUMP_END, ""].join("\n"),
    );
    role.exit(0);
  });
  effects.processes.install("journalctl", (role) => {
    const entry = (seconds: number, MESSAGE: unknown) =>
      JSON.stringify({ MESSAGE, __REALTIME_TIMESTAMP: String(seconds * 1e6) });
    role.print([
      entry(1, "promoter: web: start: DRBD may promote here"),
      entry(2, "promoter: webshop: stop: quorum is lost"),
      entry(3, [112, 255]),
      entry(4, "drbdd has stopped"),
      entry(5, "promoter: web: stop: quorum is lost"),
      "",
    ].join("\n"));
    role.exit(0);
  });
  await effects.files.makeDirectory("/etc");
  await effects.files.writeTextAtomic("/etc/drbdd.toml", text);
  const { config } = await loadConfig("/etc/drbdd.toml", effects.files, { schemas: PLUGIN_SCHEMAS });
  assert.ok(config);
  return { effects, config };
}

/** Answers requests as drbdd does. */
function serve(effects: SimulatedEffects, answers: Readonly<Record<string, string>>): void {
  effects.network.servers.set("/run/api.sock", (end) => {
    end.onBytes = (bytes) => {
      const [, path = ""] = /^GET (\S+)/.exec(new TextDecoder().decode(bytes)) ?? [];
      end.send(new TextEncoder().encode(`HTTP/1.1 ${answers[path] ?? "500 None\r\n\r\n"}`));
      end.close();
    };
  });
}

const DECISIONS = "/api/v1/resources/web/decisions";

Deno.test("without an api, systemd and the journal are asked", async () => {
  const { effects, config } = await world(WEB);
  const facts = await gather(effects, {
    name: "web",
    config,
    disabledFile: undefined,
    heldBecause: undefined,
  });
  assert.equal(facts.promoter?.file, "/etc/drbdd.toml");
  assert.deepEqual(facts.all, ["db", "web"]);
  assert.ok("value" in facts.resource && facts.resource.value?.name === "web");
  assert.deepEqual("value" in facts.options && facts.options.value.quorum, "majority");
  assert.deepEqual(
    "value" in facts.units && facts.units.value.services.map(({ activeState }) => activeState),
    [
      "active",
    ],
  );
  assert.deepEqual(facts.daemon, { value: { isRunning: true, stale: undefined } });
  assert.deepEqual(facts.decisions, {
    value: {
      source: "the journal",
      list: [
        { wallMs: 1_000, text: "start: DRBD may promote here" },
        { wallMs: 5_000, text: "stop: quorum is lost" },
      ],
    },
  });
});

Deno.test("nothing that is read through a kernel module of DRBD 8 counts as known", async () => {
  const { effects, config } = await world(WEB);
  effects.processes.install("drbdadm", (role) => {
    role.print("DRBD_KERNEL_VERSION_CODE=0x08040b\nDRBDADM_VERSION_CODE=0x091600\n");
    role.exit(0);
  });
  const question = { name: "web", config, disabledFile: undefined, heldBecause: undefined };
  const { resource, options } = await gather(effects, question);
  const unknown = "kernel module 8.4.11 found, DRBD 9 needed";
  assert.deepEqual([resource, options], [{ unknown }, { unknown }]);
});

Deno.test("drbdd itself is asked where it can be", async () => {
  const { effects, config } = await world(WEB + API);
  const list = [{ time: "2026-01-31T03:04:05.000Z", plugin: "promoter", text: "start: it may" }];
  serve(effects, {
    [DECISIONS]: `200 OK\r\n\r\n${JSON.stringify(list)}`,
    "/readyz": "503 Service Unavailable\r\n\r\nnot ready: drbdsetup events2 is not running\n",
  });
  const { daemon, decisions } = await gather(effects, {
    name: "web",
    config,
    disabledFile: undefined,
    heldBecause: undefined,
  });
  assert.deepEqual(daemon, { value: { isRunning: true, stale: "drbdsetup events2 is not running" } });
  const wallMs = Date.UTC(2026, 0, 31, 3, 4, 5);
  assert.deepEqual(decisions, { value: { source: "drbdd", list: [{ wallMs, text: "start: it may" }] } });
});

Deno.test("of what drbdd does not know it has decided nothing", async () => {
  const { effects, config } = await world(WEB + API);
  serve(effects, {
    [DECISIONS]: '404 Not Found\r\n\r\n{"error":"There is no resource"}',
    "/readyz": "200 OK\r\n\r\nready\n",
  });
  const { decisions } = await gather(effects, {
    name: "web",
    config,
    disabledFile: undefined,
    heldBecause: undefined,
  });
  assert.deepEqual(decisions, { value: { source: "drbdd", list: [] } });
});

Deno.test("a daemon that does not answer is not waited for longer than a moment", async () => {
  const { effects, config } = await world(WEB + API);
  effects.network.servers.set("/run/api.sock", () => {});
  const gathering = gather(effects, { name: "web", config, disabledFile: undefined, heldBecause: undefined });
  await effects.clock.advance(2_000);
  assert.equal("value" in (await gathering).decisions, true);
});

Deno.test("a kernel that does not answer is not waited for for ever", async () => {
  const { effects, config } = await world(WEB);
  effects.processes.install("drbdsetup", () => {});
  const gathering = gather(effects, { name: "web", config, disabledFile: undefined, heldBecause: undefined });
  await effects.clock.advance(20_000);
  const { resource, units } = await gathering;
  assert.match("unknown" in resource ? resource.unknown : "", /events2 .*failed: no answer within 20 s/);
  assert.ok("value" in units);
});

Deno.test("facts that cannot be found out have the reason", async () => {
  const { effects, config } = await world(WEB);
  for (const program of ["drbdsetup", "systemctl", "journalctl"]) {
    effects.processes.install(program, undefined);
  }
  const facts = await gather(effects, { name: "web", config, disabledFile: "/x", heldBecause: undefined });
  for (const each of [facts.resource, facts.options, facts.units, facts.daemon, facts.decisions]) {
    assert.match("unknown" in each ? each.unknown : "known", /Cannot start \w+: it was not found in PATH/);
  }
  assert.equal(facts.disabledFile, undefined);
});

Deno.test("a resource in no promoter may be in a disabled snippet", async () => {
  const { effects, config } = await world(WEB);
  const facts = await gather(effects, {
    name: "db",
    config,
    disabledFile: "/etc/drbdd.d/db.toml.disabled",
    heldBecause: undefined,
  });
  assert.equal(facts.promoter, undefined);
  assert.equal(facts.disabledFile, "/etc/drbdd.d/db.toml.disabled");
});

Deno.test("a unit that a condition held back is among the facts, with the condition", async () => {
  const { effects, config } = await world(WEB);
  const systemd = new SimulatedSystemd(effects.processes);
  systemd.activate("drbd-services@web.target");
  systemd.set("drbd-promote@web.service", { ActiveState: "active", ActiveEnterTimestampMonotonic: "500" });
  systemd.set("nginx.service", { ConditionResult: "no", ConditionTimestampMonotonic: "600" });
  systemd.verbs.set("status", (role) => {
    role.print("  Condition: start condition failed\n     └─ ConditionPathExists=/srv/x was not met\n");
    role.exit(3);
  });
  const { units } = await gather(effects, {
    name: "web",
    config,
    disabledFile: undefined,
    heldBecause: undefined,
  });
  assert.deepEqual("value" in units && units.value.missing, [
    { unit: "nginx.service", why: "ConditionPathExists=/srv/x was not met" },
  ]);
});
