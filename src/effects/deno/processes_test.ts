import assert from "node:assert/strict";
import { DEADLINE_MS } from "../../../tests/support/processes/deadline.ts";
import { denoProcesses } from "./processes.ts";
import { ProgramError } from "../effects.ts";
import { findingLeftovers, killingGroup, killingLeftovers } from "../process_group.ts";
import { eachLine } from "../../daemon/source/text_lines.ts";

const env = { PATH: Deno.env.get("PATH") ?? "" };
const sh = (script: string) => ["sh", "-c", script];

function real(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn });
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "Z");
  return !/^\d+ \(.*\) Z|^Z/.test(stat);
}

async function untilGone(pid: number): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (await isRunning(pid)) {
    assert.ok(performance.now() < end, `Process ${pid} does not end`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

real("run() gives output, complaints and exit code", async () => {
  const result = await denoProcesses.run(sh("echo out; echo err >&2; exit 3"), { env });
  assert.deepEqual(result, { code: 3, signal: undefined, stdout: "out\n", stderr: "err\n" });
});

real("run() returns the signal that killed a program", async () => {
  const { code, signal } = await denoProcesses.run(sh("kill -KILL $$"), { env });
  assert.deepEqual([code, signal], [undefined, "SIGKILL"]);
});

real(
  "run() gives the program exactly the environment asked for, and the null device as its input",
  async () => {
    const { stdout } = await denoProcesses.run(sh('env | grep -v "^PWD=\\|^_=\\|^SHLVL=\\|^OLDPWD="; cat'), {
      env: { ...env, DRBD_X: "1 2" },
    });
    assert.deepEqual(stdout.split("\n").filter((line) => line !== "").sort(), [
      "DRBD_X=1 2",
      `PATH=${env.PATH}`,
    ]);
  },
);

real("run() keeps no more output than asked for, and lets the program end", async () => {
  const { stdout, code } = await denoProcesses.run(sh("yes | head -c 1000000"), { env, maxOutputBytes: 10 });
  assert.equal(stdout, "y\ny\ny\ny\ny\n");
  assert.equal(code, 0);
});

real("run() ends a program when its signal aborts, with SIGTERM if it heeds that", async () => {
  const abort = new AbortController();
  const over = denoProcesses.run(["sleep", "1000"], { env, signal: abort.signal, killAfterMs: 600_000 });
  abort.abort();
  assert.equal((await over).signal, "SIGTERM");
});

real("run() ends a program when its signal aborts, with SIGKILL if need be", async () => {
  const fifo = await Deno.makeTempFile({ prefix: "drbdd-fifo-" });
  await Deno.remove(fifo);
  assert.equal((await denoProcesses.run(["mkfifo", fifo], { env })).code, 0);
  try {
    const abort = new AbortController();
    // SIGTERM must not arrive before the shell ignores it. It is heard of when the shell has come so far.
    const over = denoProcesses.run(sh(`trap '' TERM; echo > '${fifo}'; while :; do :; done`), {
      env,
      signal: abort.signal,
      killAfterMs: 50,
    });
    assert.equal(await Deno.readTextFile(fifo), "\n");
    abort.abort();
    assert.equal((await over).signal, "SIGKILL");
  } finally {
    await Deno.remove(fifo);
  }
});

real("run() ends though something the program left behind holds its output open", async () => {
  const { stdout, code } = await denoProcesses.run(sh("sleep 30 & echo $!"), { env });
  assert.equal(code, 0);
  Deno.kill(Number(stdout), "SIGKILL");
});

for (
  const { name, program, reason } of [
    { name: "is not there", program: "no-such-program-anywhere", reason: /was not found in PATH/ },
    { name: "is not executable", program: "/etc/passwd", reason: /not executable/ },
  ]
) {
  real(`spawn() says that a program ${name}`, () => {
    assert.throws(() => denoProcesses.spawn([program], { env }), (error: unknown) => {
      assert.ok(error instanceof ProgramError);
      assert.equal(error.program, program);
      assert.match(error.message, reason);
      return true;
    });
    return Promise.resolve();
  });
}

real("spawn() lets the child be written to and ends its input", async () => {
  const child = denoProcesses.spawn(["cat"], { env, stdin: true });
  const lines: string[] = [];
  const reading = eachLine(child.stdout, (line) => lines.push(line));
  const complaints = eachLine(child.stderr, () => {});
  await child.write("a\nb");
  await child.closeStdin();
  await Promise.all([reading, complaints]);
  assert.deepEqual(lines, ["a", "b"]);
  assert.equal((await child.status).code, 0);
  child.kill("SIGTERM");
  await assert.rejects(child.write("x"));
  await child.closeStdin();
});

real("spawn() of a group makes the child the leader of a session of its own", async () => {
  const child = denoProcesses.spawn(sh("cat /proc/$$/stat; exit 3"), { env, group: true });
  const lines: string[] = [];
  const reading = Promise.all([
    eachLine(child.stdout, (line) => lines.push(line)),
    eachLine(child.stderr, (line) => lines.push(line)),
  ]);
  assert.deepEqual(await child.status, { code: 3, signal: undefined });
  await reading;
  const [, group, session] = /^\d+ \(.*\) \S+ \d+ (\d+) (\d+) /.exec(lines.join("\n")) ?? [];
  assert.deepEqual([group, session], [String(child.pid), String(child.pid)]);
});

real("a leader that has no group yet is signalled alone, and nobody if it is gone", async () => {
  const child = denoProcesses.spawn(["sleep", "1000"], { env });
  const signalled = async (leaderIsThere: boolean) => {
    const { code } = await denoProcesses.run(killingGroup(child.pid, "SIGTERM", leaderIsThere), { env });
    return code === 0;
  };
  assert.equal(await signalled(false), false);
  assert.equal(await isRunning(child.pid), true);
  assert.equal(await signalled(true), true);
  assert.equal((await child.status).signal, "SIGTERM");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
});

real(
  "what is left of a group after its leader is found and signalled; what has died is not, though nobody waited for it",
  async () => {
    const child = denoProcesses.spawn(sh("sleep 60 >/dev/null 2>&1 & exit"), { env, group: true });
    await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
    await child.status;
    const succeeds = async (argv: readonly string[]) => (await denoProcesses.run(argv, { env })).code === 0;
    assert.equal(await succeeds(findingLeftovers(child.pid)), true);
    assert.equal(await succeeds(killingLeftovers(child.pid, "SIGKILL")), true);
    const end = performance.now() + DEADLINE_MS;
    let isFound = true;
    while (isFound && performance.now() < end) isFound = await succeeds(findingLeftovers(child.pid));
    assert.equal(isFound, false);
    assert.equal(await succeeds(findingLeftovers(Deno.pid)), false, "another process has that number");
  },
);

real("kill() of a group reaches what the child started", async () => {
  const child = denoProcesses.spawn(sh("sleep 60 & echo $!; wait"), { env, group: true });
  let grandchild = 0;
  const reading = eachLine(child.stdout, (line) => {
    grandchild = Number(line);
    child.kill("SIGTERM");
  });
  const complaints = eachLine(child.stderr, () => {});
  assert.equal((await child.status).signal, "SIGTERM");
  await untilGone(grandchild);
  await Promise.all([reading, complaints]);
});

real("kill() of a child alone does not reach what it started", async () => {
  const child = denoProcesses.spawn(sh("sleep 60 & echo $!; wait"), { env });
  let grandchild = 0;
  const reading = eachLine(child.stdout, (line) => {
    grandchild = Number(line);
    child.kill("SIGKILL");
  });
  const complaints = eachLine(child.stderr, () => {});
  await child.status;
  assert.ok(await isRunning(grandchild));
  Deno.kill(grandchild, "SIGKILL");
  await Promise.all([reading, complaints]);
});

real(
  "kill() of a group signals its leader where the program that signals groups cannot be started",
  async () => {
    const program = `
    import { denoProcesses } from "${import.meta.resolve("./processes.ts")}";
    const child = denoProcesses.spawn(["/usr/bin/sleep", "1000"], { env: {}, group: true });
    let said = "nothing";
    try {
      child.kill("SIGKILL");
    } catch (error) {
      said = error.message;
    }
    const late = setTimeout(() => Deno.exit(1), 10_000);
    console.log((await child.status).signal, said);
    clearTimeout(late);
  `;
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      await Deno.writeTextFile(file, program);
      // Where no more processes are to be had it is the system that refuses; here it is the sandbox.
      const argv = [Deno.execPath(), "run", "--no-check", "--allow-run=/usr/bin/setsid", file];
      const { stdout, stderr } = await denoProcesses.run(argv, { env: Deno.env.toObject() });
      assert.match(stdout, /^SIGKILL .*\/bin\/sh.*may not run it/, stderr);
    } finally {
      await Deno.remove(file);
    }
  },
);
