/** The daemon end to end: real processes, with a stand-in for drbdsetup. */
import assert from "node:assert/strict";
import { DaemonProcess, PLAIN_DRBDSETUP } from "../support/processes/daemon_process.ts";

const CONFIG = '[[log]]\nlevel = "debug"\n[[debugger]]\n';
const resource = (verb: string, name: string, role: string) =>
  `${verb} resource name:${name} role:${role} suspended:no force-io-failures:no write-ordering:flush ` +
  `may_promote:no promotion_score:10101\n`;
/** A plugin that starts late sees what changed until then as what there is: changes wait for what was seen. */
const WHEN_THERE = 'await() { until cat "$1" 2>/dev/null; do sleep 0.02; done; }; await';
const DUMP = `${resource("exists", "web", "Secondary")}${resource("exists", "db", "Secondary")}exists -\n`;

function e2e(name: string, test: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn: test });
}

e2e(
  "drbdd reads the dump, logs changes, and ends with 0 after SIGTERM without leaving a child",
  async () => {
    await using daemon = await DaemonProcess.start({
      config: CONFIG,
      programs: {
        drbdsetup: `cat "$DIR/events2"; ${WHEN_THERE} "$DIR/changes"; while read -r _; do :; done`,
      },
      files: { events2: DUMP },
    });
    await daemon.said(/debugger: web: exists/);
    await daemon.put("changes", resource("change", "web", "Primary"));
    await daemon.said(/debugger: web: role Secondary -> Primary/);
    // What printed the change ends a moment after it.
    await daemon.until(
      async () => (await daemon.descendants()).length === 1,
      "drbdsetup to be the one child",
    );
    assert.equal(await daemon.stop(), 0);
    assert.match(daemon.lines.at(-1) ?? "", /drbdd has stopped/);
  },
);

e2e("drbdd ends with 0 after SIGINT", async () => {
  await using daemon = await DaemonProcess.start({
    config: CONFIG,
    programs: { drbdsetup: PLAIN_DRBDSETUP },
    files: { events2: DUMP },
  });
  await daemon.said(/state of all resources is known/);
  daemon.kill("SIGINT");
  assert.equal(await daemon.exitCode, 0);
});

e2e("kill -9 of drbdsetup: plugins run on, and the updates are exactly the differences", async () => {
  await using daemon = await DaemonProcess.start({
    config: CONFIG,
    // The first run dies with a line half written; the next one's dump lacks db and has new things.
    programs: {
      drbdsetup: `echo $$ > "$DIR/pid"; run=$(cat "$DIR/run"); echo $((run + 1)) > "$DIR/run"
        cat "$DIR/events2.$run"; ${WHEN_THERE} "$DIR/changes.$run"; while read -r _; do :; done`,
    },
    files: {
      run: "1\n",
      "events2.1": DUMP,
      "events2.2": `${resource("exists", "web", "Secondary")}${
        resource("exists", "mail", "Secondary")
      }exists -\n`,
    },
  });
  await daemon.said(/debugger: web: exists/);
  await daemon.put("changes.1", `${resource("change", "web", "Primary")}change resource name:db role:Prim`);
  const before = await daemon.said(/web: role Secondary -> Primary/);
  Deno.kill(Number(await Deno.readTextFile(daemon.path("pid"))), "SIGKILL");
  const after = await daemon.said(/state of all resources is known: 2 resources/, before);
  await daemon.said(/web: role Primary -> Secondary/, before);
  assert.equal(daemon.matching(/plugin.*failed/).length, 0);
  assert.ok(daemon.matching(/drbdsetup events2 is not running: it was killed by SIGKILL/).length === 1);
  assert.ok(daemon.matching(/Ignoring a line.*ended in the middle/).length === 1);
  const updates = daemon.lines.slice(before).filter((line) => / debugger: /.test(line));
  assert.deepEqual(updates.map((line) => line.slice(line.indexOf("debugger: ") + 10)), [
    "db: destroyed",
    "mail: create, role Secondary, suspended no, force-io-failures no, write-ordering flush, may-promote no, " +
    "promotion-score 10101",
    "web: role Primary -> Secondary",
  ]);
  assert.ok(after > before);
  assert.equal(await daemon.stop(), 0);
});

e2e("SIGHUP with a broken file: all errors are logged, everything runs on", async () => {
  await using daemon = await DaemonProcess.start({
    config: CONFIG,
    programs: { drbdsetup: `cat "$DIR/events2"; tail -f "$DIR/more" & while read -r _; do :; done; kill $!` },
    files: { events2: DUMP, more: "" },
  });
  const started = await daemon.said(/state of all resources is known/);
  await daemon.put(
    "drbdd.toml",
    'statistics-poll-interval = "x"\n[[log]]\nlevel = "loud"\n[[debugger]]\nformat = 3\n',
  );
  daemon.kill("SIGHUP");
  await daemon.said(/not reloaded because of these errors/, started);
  const errors = daemon.lines.slice(started).filter((line) => / error .*drbdd\.toml:\d+:\d+: /.test(line));
  assert.equal(errors.length, 3, errors.join("\n"));
  await Deno.writeTextFile(daemon.path("more"), resource("change", "web", "Primary"), { append: true });
  await daemon.said(/debugger: web: role Secondary -> Primary/, started);
  assert.equal(await daemon.stop(), 0);
});

e2e(
  "SIGHUP with a good file: the instance that changed starts over, log files are opened again",
  async () => {
    await using daemon = await DaemonProcess.start({
      config: `[[log]]\nlevel = "debug"\nfile = "$DIR/log"\n[[log]]\nlevel = "debug"\n[[debugger]]\n`,
      programs: { drbdsetup: PLAIN_DRBDSETUP },
      files: { events2: DUMP },
    });
    await daemon.said(/debugger: web: exists/);
    await Deno.rename(daemon.path("log"), daemon.path("log.1"));
    await daemon.put(
      "drbdd.toml",
      `[[log]]\nlevel = "debug"\nfile = "$DIR/log"\n[[log]]\nlevel = "debug"\n[[debugger]]\nformat = "json"\n`,
    );
    daemon.kill("SIGHUP");
    await daemon.said(/debugger: \{"kind":"resource","type":"exists","name":"web"/);
    // Standard error does not wait for the file, nor the file for it.
    await daemon.until(
      async () => /Configuration reloaded/.test(await Deno.readTextFile(daemon.path("log")).catch(() => "")),
      "the end of the reload in the new log file",
    );
    assert.doesNotMatch(await Deno.readTextFile(daemon.path("log.1")), /Configuration reloaded/);
    assert.equal(await daemon.stop(), 0);
  },
);

e2e("a reload asked for right before the end is made before it", async () => {
  // Signals that come together are handled in any order.
  for (let time = 0; time < 5; time++) {
    await using daemon = await DaemonProcess.start({
      config: CONFIG,
      programs: { drbdsetup: PLAIN_DRBDSETUP },
      files: { events2: DUMP },
    });
    await daemon.said(/debugger: web: exists/);
    daemon.kill("SIGHUP");
    daemon.kill("SIGTERM");
    assert.equal(await daemon.exitCode, 0);
    const end = daemon.lines.findIndex((text) => /drbdd has stopped/.test(text));
    const reload = daemon.lines.findIndex((text) => /Configuration reloaded/.test(text));
    assert.ok(reload >= 0 && reload < end, daemon.lines.join("\n"));
  }
});

for (const signal of ["SIGUSR1", "SIGUSR2"] as const) {
  e2e(
    `${signal} logs the configuration that holds and a summary of the state, and ends nothing`,
    async () => {
      await using daemon = await DaemonProcess.start({
        config: CONFIG,
        programs: { drbdsetup: PLAIN_DRBDSETUP },
        files: { events2: DUMP },
      });
      await daemon.said(/state of all resources is known/);
      daemon.kill(signal);
      await daemon.said(/statistics-poll-interval = 60/);
      await daemon.said(/web Secondary; no device/);
      assert.equal(await daemon.stop(), 0);
    },
  );
}

e2e("a configuration with errors: all of them, and exit code 2", async () => {
  await using daemon = await DaemonProcess.start({
    config: 'statistics-poll-interval = "x"\n[[log]]\nlevel = "loud"\n[[debuger]]\n',
  });
  assert.equal(await daemon.exitCode, 2);
  assert.deepEqual(daemon.lines.map((line) => line.replaceAll(daemon.folder, "$DIR")), [
    '$DIR/drbdd.toml:1:28: Wrong value of "statistics-poll-interval": found "x", expected a whole number from 1 to 2147483',
    '$DIR/drbdd.toml:3:9: Wrong value of "log.level": found "loud", expected "trace", "debug", "info", "warn", "error" or "off"',
    'warning: $DIR/drbdd.toml:4:3: Unknown key, ignored: found "debuger" in the file, expected a key that drbdd knows there (did you mean "debugger"?)',
    "drbdd: not started: the configuration has 2 errors",
  ]);
});

e2e("it ends when all that is wrong is written, even if that is more than a pipe holds", async () => {
  const config = Array.from({ length: 2_000 }, (_, number) => `[[log]]\nlevel = "wrong ${number}"\n`).join(
    "",
  );
  await using daemon = await DaemonProcess.start({ config });
  assert.equal(await daemon.exitCode, 2);
  assert.equal(daemon.matching(/ found "wrong \d+"/).length, 2_000);
  assert.match(daemon.lines.at(-1) ?? "", /2000 errors$/);
});

e2e("a missing drbdsetup is said, and tried again until it is there", async () => {
  await using daemon = await DaemonProcess.start({
    config: CONFIG,
    files: { events2: DUMP },
    env: { PATH: "/nonexistent" },
  });
  await daemon.said(/Cannot start drbdsetup: it was not found in PATH; restarting it in 0.2 s/);
  await daemon.said(/restarting it in 0.4 s/);
  assert.equal(await daemon.stop(), 0);
});

for (
  const { name, script, reason } of [
    {
      name: "prints its usage and exits 20",
      script: 'cat "$DIR/usage"; exit 20',
      reason: /kernel module loaded/,
    },
    {
      name: "is refused (10)",
      script: "echo 'all: Failure: (127) x' >&2; exit 10",
      reason: /kernel refused/,
    },
    {
      name: "sees the module unloaded (121)",
      script: "echo 'all: module unloaded' >&2; exit 121",
      reason: /unloaded/,
    },
    { name: "is killed by a signal", script: "kill -ABRT $$", reason: /killed by SIGABRT/ },
    { name: "ends at once", script: "exit 0", reason: /ended by itself/ },
  ]
) {
  e2e(`drbdd survives a drbdsetup that ${name}, and takes the dump of the next`, async () => {
    await using daemon = await DaemonProcess.start({
      config: CONFIG,
      programs: {
        drbdsetup: `if [ ! -e "$DIR/again" ]; then : > "$DIR/again"; ${script}; fi; ${PLAIN_DRBDSETUP}`,
      },
      files: { events2: DUMP, usage: "USAGE:\n drbdsetup events2 [options]\n".repeat(30) },
    });
    await daemon.said(reason);
    await daemon.said(/state of all resources is known: 2 resources/);
    assert.equal(await daemon.stop(), 0);
  });
}

e2e("drbdd survives lines of 1 MiB, NUL bytes, lines cut inside a character, and garbage", async () => {
  const long = `change resource name:web junk:${"x".repeat(1024 * 1024)} role:Primary\n`;
  await using daemon = await DaemonProcess.start({
    config: CONFIG,
    programs: {
      drbdsetup: `cat "$DIR/events2"; printf 'change resource name:r\\303'; sleep 0.05
        printf '\\266\\000\\nchange resource name:db rol'; sleep 0.05; printf 'e:Primary\\n\\000\\377\\n'
        cat "$DIR/long"; while read -r _; do :; done`,
    },
    files: { events2: DUMP, long },
  });
  await daemon.said(/db: role Secondary -> Primary/);
  await daemon.said(/web: role Secondary -> Primary/);
  assert.equal(await daemon.stop(), 0);
});

e2e("a drbdsetup that ignores SIGTERM and the end of its input is killed", async () => {
  await using daemon = await DaemonProcess.start({
    config: CONFIG,
    programs: { drbdsetup: `trap '' TERM; cat "$DIR/events2"; while :; do sleep 1; done` },
    files: { events2: DUMP },
  });
  await daemon.said(/state of all resources is known/);
  assert.equal(await daemon.stop(), 0);
});

e2e("a log file that cannot be opened is said, and its lines go to standard error", async () => {
  await using daemon = await DaemonProcess.start({
    config: '[[log]]\nlevel = "debug"\nfile = "$DIR/none/log"\n[[debugger]]\n',
    programs: { drbdsetup: PLAIN_DRBDSETUP },
    files: { events2: DUMP },
  });
  await daemon.said(/error Cannot log to .*none\/log, logging to standard error instead: /);
  await daemon.said(/debugger: web: exists/);
  assert.equal(await daemon.stop(), 0);
});

e2e(
  "under systemd, lines carry their priority and systemd is notified of the state of the daemon",
  async () => {
    const folder = await Deno.makeTempDir();
    const socket = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
    const notified: string[] = [];
    const listening = (async () => {
      for await (const [bytes] of socket) notified.push(...new TextDecoder().decode(bytes).split("\n"));
    })();
    {
      await using daemon = await DaemonProcess.start({
        config: CONFIG,
        programs: { drbdsetup: `env > "$DIR/env"; ${PLAIN_DRBDSETUP}` },
        files: { events2: DUMP },
        env: {
          NOTIFY_SOCKET: `${folder}/notify`,
          RUNTIME_DIRECTORY: folder,
          JOURNAL_STREAM: "8:1234",
          WATCHDOG_USEC: "1000000",
        },
      });
      await daemon.said(/^<7>debugger: web: exists/);
      await daemon.until(
        () => notified.includes("READY=1") && notified.includes("WATCHDOG=1"),
        "READY and WATCHDOG",
      );
      assert.ok(notified.includes("STATUS=2 resources, 0 Primary here"));
      assert.doesNotMatch(
        await Deno.readTextFile(daemon.path("env")),
        /NOTIFY_SOCKET|JOURNAL_STREAM|WATCHDOG/,
      );
      daemon.kill("SIGHUP");
      await daemon.until(() => notified.includes("RELOADING=1"), "RELOADING");
      await daemon.until(
        () => notified.slice(notified.indexOf("RELOADING=1")).includes("READY=1"),
        "READY after RELOADING",
      );
      assert.equal(await daemon.stop(), 0);
      // Its last message may still be in the socket.
      await daemon.until(() => notified.includes("STOPPING=1"), "STOPPING");
      assert.deepEqual(daemon.lines.filter((line) => !/^<[0-7]>/.test(line)), []);
    }
    socket.close();
    await listening;
    await Deno.remove(folder, { recursive: true });
  },
);
