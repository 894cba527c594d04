import assert from "node:assert/strict";
import { Listening } from "../support/processes/ctl_listening.ts";
import { DRBDSETUP, textOf } from "../support/processes/ctl_node.ts";
import { ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { DUMP_END, dumpOf, line } from "../support/core/events2_text.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";

const NODE = {
  programs: { drbdsetup: DRBDSETUP },
  files: { "events2": textOf([...dumpOf("web"), ...dumpOf("db"), DUMP_END]) },
};
const PRIMARY = [
  line("change", "resource", { role: "Primary", may_promote: "no" }),
  line("change", "connection", { connection: "Connecting", role: "Unknown" }),
];

/** drbdsetup prints these lines next, and then so many come. */
async function printed(
  trial: CtlTrial,
  listening: Listening,
  lines: readonly string[],
  count: number,
): Promise<string[]> {
  await Deno.writeTextFile(trial.path("events2"), textOf(lines), { append: true });
  return await listening.next(count);
}

const withoutTime = (lines: readonly string[]) =>
  lines.map((text) => text.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}/, ""));

ctlTest("events prints changes, through a drbdsetup of its own", NODE, async (trial) => {
  await using listening = new Listening(trial, ["events"]);
  const lines = await printed(trial, listening, PRIMARY, 2);
  assert.deepEqual(withoutTime(lines), [
    "web  role Secondary → Primary, may-promote yes → no",
    "web  beta: connection-state Connected → Connecting, peer-role Secondary → Unknown",
  ]);
  assert.equal(await listening.interrupt(), 0);
});

ctlTest("events can be narrowed, and be JSON", NODE, async (trial) => {
  await using listening = new Listening(trial, ["events", "-r", "web", "--kind", "connection", "--json"]);
  const others = [line("change", "connection", { name: "db", connection: "StandAlone" })];
  const [only = ""] = await printed(trial, listening, [...others, ...PRIMARY], 1);
  const { kind, name, type, old, new: now } = JSON.parse(only);
  assert.deepEqual({ kind, name, type }, { kind: "connection", name: "web", type: "change" });
  assert.equal(old["connection-state"], "Connected");
  assert.equal(now["connection-state"], "Connecting");
  await listening.interrupt();
});

ctlTest("events has the decisions of drbdd where they are asked for, also without an api", {
  files: { "runtime/decisions.json": "{}" },
}, async (trial) => {
  const env = { RUNTIME_DIRECTORY: trial.path("runtime") };
  await using listening = new Listening(trial, ["events", "--kind", "decision", "--json"], false, env);
  const decision = { wallMs: Date.UTC(2026, 0, 1), plugin: "promoter", level: "warning", text: "stop: x" };
  // It may not have begun to look.
  let count = 0;
  const timer = setInterval(
    () =>
      void trial.put(
        "runtime/decisions.json",
        JSON.stringify({ web: [{ ...decision, wallMs: decision.wallMs + count++ }] }),
      ),
    300,
  );
  const [line = ""] = await listening.next(1);
  clearInterval(timer);
  const { time: _, ...rest } = JSON.parse(line);
  assert.deepEqual(rest, {
    kind: "decision",
    name: "web",
    plugin: "promoter",
    level: "warning",
    text: "stop: x",
  });
  assert.equal(await listening.interrupt(), 0);
});

ctlTest("events refuses a kind that there is not, with exit code 2", NODE, async (trial) => {
  const { code, stderr } = await trial.run(["events", "--kind", "disk"]);
  assert.equal(code, 2);
  assert.match(stderr, /"device".*"disk"/s);
});

ctlTest("top that is to print once says why, if the daemon does not know the state", {}, async (trial) => {
  await using daemon = await LiveDaemon.start([], {
    config: '[[api]]\naddress = "unix:$DIR/runtime/api.sock"\n',
  });
  await daemon.process.said(/Serving the API at/);
  const config = ["--config", daemon.process.path("drbdd.toml")];
  const { code, stderr } = await trial.run([...config, "top"], { isBare: true });
  assert.match(stderr, /Cannot read the state of DRBD: waiting for the first dump of drbdsetup/);
  assert.equal(code, 1);
});

ctlTest("events, and top, ask the daemon where it has an api", {}, async (trial) => {
  await using daemon = await LiveDaemon.start([...dumpOf("web"), DUMP_END], {
    config: '[[api]]\naddress = "unix:$DIR/runtime/api.sock"\n',
  });
  await daemon.known();
  const config = ["--config", daemon.process.path("drbdd.toml")];
  await using listening = new Listening(trial, [...config, "events"], true);
  // Changes before it has connected are in the first snapshot.
  let isPrimary = false;
  await daemon.process.until(async () => {
    isPrimary = !isPrimary;
    await daemon.print(line("change", "resource", { role: isPrimary ? "Primary" : "Secondary" }));
    return listening.lines.length > 0;
  }, "a line of drbddctl events");
  assert.match(withoutTime(listening.lines)[0] ?? "", /^web {2}role (Primary|Secondary) → /);
  await listening.interrupt();
  const top = await trial.run([...config, "top", "--once"], { isBare: true });
  assert.match(top.stdout, /^● +web/m);
  assert.equal(top.stderr, "");
});

ctlTest("what the daemon cannot be asked is asked of drbdsetup, and said", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/api.toml", '[[api]]\naddress = "unix:$DIR/none.sock"\n');
  const { code, stdout, stderr } = await trial.run(["top", "--once"]);
  assert.equal(code, 0);
  assert.match(stdout, /web/);
  assert.match(stderr, /drbdd does not answer at unix:\$DIR\/none\.sock: .*; drbdsetup was asked/);
});

ctlTest("a daemon that takes the question and does not answer is not waited for", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/api.toml", '[[api]]\naddress = "unix:$DIR/mute.sock"\n');
  // The kernel takes the connection; nobody reads.
  using _mute = Deno.listen({ transport: "unix", path: trial.path("mute.sock") });
  const { code, stdout, stderr } = await trial.run(["top", "--once"]);
  assert.equal(code, 0);
  assert.match(stdout, /web/);
  assert.match(
    stderr,
    /does not answer at unix:\$DIR\/mute\.sock: no answer within 2 s; drbdsetup was asked/,
  );
});
