import assert from "node:assert/strict";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import { SnippetWatch } from "./snippet_watch.ts";

/** A watch over two snippets, begun when they were read. */
function trial() {
  const effects = new SimulatedEffects();
  const log = new LogRecorder();
  effects.files.put("/etc/drbdd.d/a.toml", "a");
  effects.files.put("/etc/drbdd.d/b.toml", "b");
  const watch = new SnippetWatch(effects, log);
  const modifiedMs = effects.clock.wallMs();
  const files = ["a", "b"].map((name) => ({ path: `/etc/drbdd.d/${name}.toml`, modifiedMs }));
  watch.start({ main: "/etc/drbdd.toml", snippets: "/etc/drbdd.d", files }, 60_000);
  return { effects, log, watch, clock: effects.clock };
}

Deno.test("SnippetWatch says once that changed, new and removed snippets need a reload", async () => {
  const { effects, log, watch, clock } = trial();
  await clock.advance(70_000);
  assert.deepEqual(log.lines, []);
  effects.files.put("/etc/drbdd.d/a.toml", "changed");
  effects.files.put("/etc/drbdd.d/c.toml", "new");
  effects.files.put("/etc/drbdd.d/notes.txt", "no snippet");
  await effects.files.remove("/etc/drbdd.d/b.toml");
  await clock.advance(300_000);
  assert.deepEqual(log.lines, [
    "warn: Snippets have changed since the last reload: " +
    "/etc/drbdd.d/a.toml, /etc/drbdd.d/c.toml, /etc/drbdd.d/b.toml; to apply them: systemctl reload drbdd",
  ]);
  watch.stop();
});

Deno.test("SnippetWatch leaves a file alone that was written in the last 20 s", async () => {
  const { effects, log, watch, clock } = trial();
  await clock.advance(45_000);
  effects.files.put("/etc/drbdd.d/a.toml", "changed");
  await clock.advance(15_000);
  assert.deepEqual(log.lines, []);
  await clock.advance(60_000);
  assert.equal(log.lines.length, 1);
  watch.stop();
});

Deno.test("SnippetWatch says nothing while the directory cannot be looked at, nor when it is off", async () => {
  const { effects, log, watch, clock } = trial();
  effects.files.failing.set("/etc/drbdd.d", "Input/output error");
  await clock.advance(120_000);
  assert.deepEqual(log.from("warn"), []);
  watch.start({ main: "/etc/drbdd.toml", snippets: "/etc/drbdd.d", files: [] }, 0);
  effects.files.failing.clear();
  await clock.advance(120_000);
  assert.deepEqual(log.from("warn"), []);
  watch.stop();
  await clock.advance(0);
  assert.equal(clock.pendingTimers, 0);
});
