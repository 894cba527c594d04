/** The wrapper of OCF agents by itself, in the shells that are /bin/sh somewhere. With systemd: tests/integration. */
import assert from "node:assert/strict";
import { DEADLINE_MS } from "./support/processes/deadline.ts";

const WRAPPER = new URL("../example/ocf-rs-wrapper", import.meta.url).pathname;
const SHELLS = ["sh", "bash"];

/** Records each action with its parameters, and returns the codes of $ACTION_codes, one after the other. */
const AGENT = `#!/bin/sh
echo "$1" >>"$DIR/calls"
env -0 >"$DIR/env.$1"
grep SigIgn "/proc/$$/status" >"$DIR/ignored.$1"
code=$(sed -n 1p "$DIR/codes.$1")
sed -i 1d "$DIR/codes.$1"
case $code in
  hang) exec /bin/sleep 1000 ;;
  daemon) /bin/sleep 1000 >/dev/null 2>&1 & echo $! >"$DIR/daemon"; exit 0 ;;
  *) exit "\${code:-0}" ;;
esac
`;

interface Codes {
  readonly start?: readonly string[];
  readonly monitor?: readonly string[];
  readonly stop?: readonly string[];
}

class Trial implements AsyncDisposable {
  private constructor(readonly folder: string, readonly shell: string) {}

  static async start(shell: string, codes: Codes = {}): Promise<Trial> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    const trial = new Trial(folder, shell);
    await Deno.mkdir(`${folder}/resource.d/test`, { recursive: true });
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/calls`, "");
    for (const action of ["start", "monitor", "stop"] as const) {
      await Deno.writeTextFile(
        `${folder}/codes.${action}`,
        (codes[action] ?? []).map((code) => `${code}\n`).join(""),
      );
    }
    await trial.#program("resource.d/test/Dummy Agent", AGENT);
    await trial.#program("bin/systemd-notify", '#!/bin/sh\necho "notify $* $NOTIFY_SOCKET" >>"$DIR/calls"\n');
    // Time goes fast here: what is waited for between two monitors is noted only.
    await trial.#program("bin/sleep", '#!/bin/sh\necho "sleep $1" >>"$DIR/calls"\n');
    return trial;
  }

  async #program(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${name}`, text, { mode: 0o755 });
  }

  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): Deno.ChildProcess {
    return new Deno.Command(this.shell, {
      args: [WRAPPER, ...args],
      clearEnv: true,
      env: {
        PATH: `${this.folder}/bin:/usr/bin:/bin`,
        DIR: this.folder,
        AGENT: `${this.folder}/resource.d/test/Dummy Agent`,
        NOTIFY_SOCKET: "/run/notify",
        ...env,
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  }

  /** Runs it to its end. */
  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; said: string }> {
    const { code, stderr } = await this.spawn(args, env).output();
    return { code, said: new TextDecoder().decode(stderr) };
  }

  async calls(): Promise<string[]> {
    return (await Deno.readTextFile(`${this.folder}/calls`)).split("\n").slice(0, -1);
  }

  async until(call: string): Promise<void> {
    const endMs = performance.now() + DEADLINE_MS;
    while (!(await this.calls()).includes(call)) {
      assert.ok(performance.now() < endMs, `Timed out waiting for ${call}: ${await this.calls()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** What the agent had in its environment. */
  async environment(action: string): Promise<Map<string, string>> {
    const text = await Deno.readTextFile(`${this.folder}/env.${action}`);
    return new Map(
      text.split("\0").filter((each) => each !== "").map((each): [string, string] => {
        const equals = each.indexOf("=");
        return [each.slice(0, equals), each.slice(equals + 1)];
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

function test(name: string, codes: Codes, fn: (trial: Trial) => Promise<void>): void {
  for (const shell of SHELLS) {
    Deno.test({
      name: `ocf-rs-wrapper (${shell}) ${name}`,
      sanitizeOps: true,
      sanitizeResources: true,
      fn: async () => {
        await using trial = await Trial.start(shell, codes);
        await fn(trial);
      },
    });
  }
}

const START = ["start-and-monitor", "ocf.rs@vip_web.service"];
const READY = "notify --ready --status=Started; looked at every 30 s /run/notify";

test(
  "starts, says so, and looks again and again until it does not run",
  { monitor: ["0", "8", "7"] },
  async (trial) => {
    const { code, said } = await trial.run(START);
    assert.equal(code, 7);
    assert.match(said, /^<3>.*Dummy Agent: does not run any more$/m);
    const look = ["sleep 30", "monitor"];
    assert.deepEqual(await trial.calls(), ["start", READY, ...look, ...look, ...look]);
  },
);

for (const code of ["1", "2", "5", "9", "255"]) {
  test(`ends with exit status ${code} of a monitor`, { monitor: [code] }, async (trial) => {
    assert.equal((await trial.run(START)).code, Number(code));
  });
  test(
    `ends with exit status ${code} of a start, without a word to systemd`,
    { start: [code] },
    async (trial) => {
      const { code: status, said } = await trial.run(START);
      assert.equal(status, Number(code));
      assert.match(said, new RegExp(`start failed: exit status ${code}`));
      assert.deepEqual(await trial.calls(), ["start"]);
    },
  );
}

test(
  "goes on with what is degraded, and says so once",
  { monitor: ["190", "191", "0", "7"] },
  async (trial) => {
    const { said } = await trial.run(START);
    assert.equal(said.match(/degraded/g)?.length, 1);
    const notified = (await trial.calls()).filter((call) => call.startsWith("notify"));
    assert.deepEqual(notified.slice(1), [
      "notify --status=Runs, but degraded /run/notify",
      "notify --status=Runs well again /run/notify",
    ]);
  },
);

for (const [code, want] of [["0", 0], ["7", 0], ["1", 1], ["5", 5]] as const) {
  test(`stops: ${code} of the agent is ${want}`, { stop: [code] }, async (trial) => {
    const { code: status, said } = await trial.run(["stop", "ocf.rs@vip_web.service"]);
    assert.equal(status, want);
    assert.equal(/stop failed, it may still run/.test(said), want !== 0);
    assert.deepEqual(await trial.calls(), ["stop"]);
  });
}

for (
  const [name, env, seconds] of [
    ["monitor_interval", { monitor_interval: "7" }, "7"],
    ["monitor_inverval, as drbd-reactor spells it", { monitor_inverval: "8" }, "8"],
    ["monitor_interval before monitor_inverval", { monitor_interval: "7", monitor_inverval: "8" }, "7"],
    ["its default instead of nonsense", { monitor_interval: "1; reboot" }, "30"],
    ["its default instead of 0", { monitor_interval: "0" }, "30"],
  ] as const
) {
  test(`takes ${name}`, { monitor: ["7"] }, async (trial) => {
    const { said } = await trial.run(START, env);
    assert.ok((await trial.calls()).includes(`sleep ${seconds}`), String(await trial.calls()));
    assert.equal(/expected a whole number/.test(said), seconds === "30");
  });
}

test("ends a monitor that hangs", { monitor: ["hang"] }, async (trial) => {
  const { code, said } = await trial.run(START, { monitor_timeout: "1" });
  assert.equal(code, 1);
  assert.match(said, /monitor was ended: it took longer than 1 s/);
});

test("asks again when it was held up, as a frozen service is", { monitor: ["1", "7"] }, async (trial) => {
  // The time of day: the first monitor takes 81 s.
  await Deno.writeTextFile(
    `${trial.folder}/bin/date`,
    '#!/bin/sh\necho >>"$DIR/dates"\n[ "$(wc -l <"$DIR/dates")" -lt 2 ] && echo 1000 || echo 1081\n',
    { mode: 0o755 },
  );
  const { code, said } = await trial.run(START);
  assert.equal(code, 7);
  assert.match(said, /monitor was held up; it is asked again/);
  assert.equal((await trial.calls()).filter((call) => call === "monitor").length, 2);
});

test(
  "ends at once on SIGTERM, also in the middle of a start that hangs",
  { start: ["hang"] },
  async (trial) => {
    const child = trial.spawn(START);
    await trial.until("start");
    child.kill("SIGTERM");
    assert.equal((await child.output()).code, 0);
    assert.deepEqual(await trial.calls(), ["start"]);
  },
);

test("ends at once on SIGTERM while it monitors, and leaves alone what the agent started", {
  start: ["daemon"],
  monitor: ["0", "0", "hang"],
}, async (trial) => {
  const child = trial.spawn(START);
  await trial.until(READY);
  await trial.until("monitor");
  child.kill("SIGTERM");
  assert.equal((await child.output()).code, 0);
  // Throws if it is gone.
  Deno.kill(Number(await Deno.readTextFile(`${trial.folder}/daemon`)), "SIGKILL");
});

test("lets the agent get SIGINT and SIGQUIT, which a shell ignores for what runs in its background", {
  monitor: ["7"],
}, async (trial) => {
  await trial.run(START);
  for (const action of ["start", "monitor"]) {
    const status = await Deno.readTextFile(`${trial.folder}/ignored.${action}`);
    const ignored = BigInt(`0x${/(\S+)$/.exec(status.trim())?.[1]}`);
    assert.equal(ignored & 0b110n, 0n);
  }
});

test("gives the agent what it is to know, and nothing of systemd", { monitor: ["7"] }, async (trial) => {
  const values = { OCF_RESKEY_text: ` a "b" 'c' $HOME \\x41 %i\n* `, OCF_RESKEY_empty: "" };
  await trial.run(START, {
    ...values,
    monitor_interval: "9",
    OCF_RESKEY_CRM_meta_timeout: "90000",
    WATCHDOG_USEC: "1",
  });
  for (const action of ["start", "monitor"]) {
    const environment = await trial.environment(action);
    for (const [name, value] of Object.entries(values)) assert.equal(environment.get(name), value);
    assert.equal(environment.get("OCF_RESOURCE_TYPE"), "Dummy Agent");
    assert.equal(environment.get("OCF_RESOURCE_PROVIDER"), "test");
    assert.equal(environment.get("OCF_ROOT"), "/usr/lib/ocf");
    assert.equal(environment.get("OCF_RA_VERSION_MAJOR"), "1");
    assert.equal(environment.has("NOTIFY_SOCKET") || environment.has("WATCHDOG_USEC"), false);
    const isMonitor = action === "monitor";
    assert.equal(environment.get("OCF_RESKEY_CRM_meta_timeout"), isMonitor ? "60000" : "90000");
    // Without one an agent takes a monitor for a probe.
    assert.equal(environment.get("OCF_RESKEY_CRM_meta_interval"), isMonitor ? "9000" : undefined);
  }
});

test("says what is missing", {}, async (trial) => {
  const cases: [string[], Record<string, string>, number, RegExp][] = [
    [[], {}, 2, /Usage: .*found ""/],
    [["restart"], {}, 2, /found "restart"/],
    [START, { AGENT: "" }, 6, /AGENT is not set/],
    [START, { AGENT: "/nonexistent/IPaddr2" }, 5, /nonexistent\/IPaddr2 is not an executable file/],
    [START, { AGENT: trial.folder }, 5, /is not an executable file/],
  ];
  for (const [args, env, code, pattern] of cases) {
    const result = await trial.run(args, env);
    assert.equal(result.code, code);
    assert.match(result.said, pattern);
  }
  assert.deepEqual(await trial.calls(), []);
});
