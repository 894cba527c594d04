import assert from "node:assert/strict";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { configIn, configPathFor } from "./config_path.ts";

/** ExecStart= as `systemctl show` of systemd 252 prints it. */
const execStart = (words: string) =>
  `{ path=/usr/sbin/drbdd ; argv[]=/usr/sbin/drbdd${words} ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`;

const CASES = [
  { words: " --config /etc/drbdd.toml", want: "/etc/drbdd.toml" },
  { words: " --config=/etc/a.toml --allow-tty", want: "/etc/a.toml" },
  { words: " --allow-tty -c /etc/my drbdd/a.toml --allow-tty", want: "/etc/my drbdd/a.toml" },
  { words: "", want: undefined },
  { words: " --config a.toml", want: undefined },
];
for (const { words, want } of CASES) {
  Deno.test(`the main file of "drbdd${words}" is ${want ?? "not named"}`, () => {
    assert.equal(configIn(execStart(words)), want);
  });
}

Deno.test("without --config it is the file that the daemon is started with", async () => {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  systemd.set("drbdd.service", { ExecStart: execStart(" --config /etc/drbd-reactor.toml") });
  assert.equal(await configPathFor(undefined, effects), "/etc/drbd-reactor.toml");
  assert.equal(await configPathFor("/etc/x.toml", effects), "/etc/x.toml");
});

Deno.test("called as drbd-reactorctl, the file of drbd-reactor where that of drbdd is not there", async () => {
  const effects = new SimulatedEffects();
  const path = () => configPathFor(undefined, effects, "/etc/drbd-reactor.toml");
  assert.equal(await path(), "/etc/drbdd.toml");
  effects.files.put("/etc/drbd-reactor.toml", "");
  assert.equal(await path(), "/etc/drbd-reactor.toml");
  assert.equal(await configPathFor("/etc/x.toml", effects, "/etc/drbd-reactor.toml"), "/etc/x.toml");
  effects.files.put("/etc/drbdd.toml", "");
  assert.equal(await path(), "/etc/drbdd.toml");
});

Deno.test("where systemd knows of no daemon, or does not answer, it is the usual file", async () => {
  const effects = new SimulatedEffects();
  assert.equal(await configPathFor(undefined, effects), "/etc/drbdd.toml");
  new SimulatedSystemd(effects.processes);
  assert.equal(await configPathFor(undefined, effects), "/etc/drbdd.toml");
  effects.processes.install("systemctl", () => {});
  const path = configPathFor(undefined, effects);
  await effects.clock.advance(2_000);
  assert.equal(await path, "/etc/drbdd.toml");
});
