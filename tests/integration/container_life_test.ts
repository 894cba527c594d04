/** Beginning and end of a container, and the doors into it: nothing may be left on the machine, whatever happens. */
import assert from "node:assert/strict";
import { DEADLINE_MS } from "../support/processes/deadline.ts";
import { cgroup2Mount } from "./container/cgroup2.ts";
import { Container, CONTAINER_NEEDS } from "./container/container.ts";
import { requires } from "./require.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test(requires(CONTAINER_NEEDS, {
    name: `container: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn,
  }));
}

/** What a container leaves on the machine while it runs. */
interface Traces {
  readonly cgroup: string;
  /** Also the name of its folder for temporary files. */
  readonly id: string;
  readonly pids: readonly string[];
}

/** The processes that are in it, and those that were started from outside and so are in no cgroup of it. */
async function traces(cgroup: string): Promise<Traces> {
  const pids: string[] = [];
  const namespace = await Deno.readLink(`/proc/${await firstPid(cgroup)}/ns/pid`);
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && await pidNamespace(name) === namespace) pids.push(name);
  }
  return { cgroup, id: cgroup.slice(cgroup.lastIndexOf("/") + 1), pids };
}

async function firstPid(cgroup: string): Promise<string> {
  return (await Deno.readTextFile(`${cgroup}/init.scope/cgroup.procs`)).split("\n")[0] ?? "";
}

async function pidNamespace(pid: string): Promise<string | undefined> {
  try {
    return await Deno.readLink(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

/** In words: empty when nothing is left. */
async function left({ cgroup, id, pids }: Traces): Promise<string[]> {
  const mounts = (await Deno.readTextFile("/proc/self/mounts")).split("\n").filter((line) =>
    line.includes(id)
  );
  const folders = [cgroup, `${temporaryFolder()}/${id}`];
  const paths = [...folders, ...pids.map((pid) => `/proc/${pid}`)];
  const found = await Promise.all(paths.map(async (path) => await exists(path) ? [path] : []));
  return [...mounts, ...found.flat()];
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

async function busy(box: Container): Promise<Traces> {
  await box.output(["systemd-run", "--unit=own", "sleep", "infinity"]);
  await box.output(["sh", "-c", "setsid sleep infinity >/dev/null 2>&1 &"]);
  const found = await traces(box.cgroup);
  assert.ok(
    found.pids.length >= 5,
    `systemd, journald, dbus and two sleeps expected, found ${found.pids.length}`,
  );
  assert.ok((await left(found)).length >= found.pids.length + 2);
  return found;
}

test("a power-off at the end of the scope leaves nothing", async () => {
  let found: Traces;
  {
    await using box = await Container.start({ name: "alpha" });
    found = await busy(box);
  }
  assert.deepEqual(await left(found), []);
});

test("a test that throws leaves nothing and keeps its error", async () => {
  let found: Traces | undefined;
  const failing = async () => {
    await using box = await Container.start({ name: "alpha" });
    found = await busy(box);
    throw new Error("the test failed");
  };
  await assert.rejects(failing, { message: "the test failed" });
  assert.ok(found !== undefined);
  assert.deepEqual(await left(found), []);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  test(`a test that ends by ${signal} leaves nothing`, async () => {
    await using child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", `${import.meta.dirname}/container/hold.ts`],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const found = await traces(await secondLine(child.stdout));
    child.kill(signal);
    await child.status;
    await gone(found);
  });
}

async function secondLine(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, line, rest] = text.split("\n");
    if (line !== undefined && rest !== undefined) return line;
  }
  throw new Error(`Expected two lines, got "${text}"`);
}

/** The cleaning goes on after the end of the test's process. */
async function gone(found: Traces): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while ((await left(found)).length > 0 && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await left(found), []);
}

test("one that hangs at the power-off is killed, with an error, and leaves nothing", async () => {
  const stubborn = "[Service]\nExecStart=sleep infinity\nExecStop=sleep infinity\n";
  const box = await Container.start({ name: "alpha", files: { "/etc/systemd/system/a.service": stubborn } });
  await box.output(["systemctl", "start", "a.service"]);
  const found = await traces(box.cgroup);
  await assert.rejects(box.powerOff({ limitMs: 500 }), /"alpha" did not power off within 500 ms: died/);
  assert.deepEqual(await left(found), []);
});

test("one that cannot boot says why and leaves nothing", async () => {
  const name = `broken-${crypto.randomUUID().slice(0, 8)}`;
  const starting = Container.start({ name, bind: { "/dev/null": "/srv" } });
  await assert.rejects(starting, (error: Error) => {
    assert.equal(error.message, `Cannot boot the container "${name}"`);
    assert.match(String(error.cause), /srv: Is a directory/);
    return true;
  });
  const folders = [`${cgroup2Mount()}`, temporaryFolder()];
  const names = (await Promise.all(folders.map((folder) => Array.fromAsync(Deno.readDir(folder))))).flat();
  assert.deepEqual(names.filter((entry) => entry.name.includes(name)), []);
});

function temporaryFolder(): string {
  return Deno.env.get("TMPDIR") ?? "/tmp";
}

test("a reboot from inside ends it, and is distinguished from a crash", async () => {
  await using rebooted = await Container.start({ name: "alpha" });
  await using cut = await Container.start({ name: "beta" });
  await rebooted.output(["systemctl", "--no-block", "reboot"]);
  assert.equal(await rebooted.end(), "reboot");
  await cut.kill();
  assert.equal(await cut.ended, "died");
  await assert.rejects(cut.waitFor("anything", () => Promise.resolve(true)), /the container has ended/);
});

test("two side by side share nothing but what is bound into both", async () => {
  const shared = await Deno.makeTempDir({ prefix: "drbdd-test-shared-" });
  try {
    const bind = { [shared]: "/srv/shared" };
    await using alpha = await Container.start({ name: "alpha", bind });
    await using beta = await Container.start({ name: "beta", bind });
    await alpha.writeFile("/etc/own", "alpha\n");
    await alpha.writeFile("/srv/shared/note", "from alpha\n");
    assert.equal(await beta.readFile("/srv/shared/note"), "from alpha\n");
    await assert.rejects(beta.readFile("/etc/own"), /No such file/);
    await alpha.output(["systemd-run", "--unit=own", "sleep", "infinity"]);
    assert.equal(await beta.property("own.service", "LoadState"), "not-found");
    assert.notEqual(await alpha.readFile("/etc/machine-id"), await beta.readFile("/etc/machine-id"));
  } finally {
    await Deno.remove(shared, { recursive: true });
  }
});

test("run() passes input, output and exit code, and ends what takes too long inside", async () => {
  await using box = await Container.start({ name: "alpha" });
  const result = await box.run(["sh", "-c", "cat; echo oops >&2; exit 3"], { stdin: "größer\n" });
  assert.deepEqual(result, { code: 3, stdout: "größer\n", stderr: "oops\n" });
  assert.equal((await box.run(["true"], { stdin: "x".repeat(1_000_000) })).code, 0);
  await assert.rejects(
    box.run(["sleep", "4711"], { timeoutMs: 200 }),
    /"sleep 4711" did not end within 200 ms/,
  );
  assert.equal((await box.run(["pgrep", "-fx", "sleep 4711"])).code, 1);
  await assert.rejects(box.output(["sh", "-c", "echo why >&2; exit 4"]), /exit code 4\nwhy/);
});

test("files go where the container's own links lead, with their mode", async () => {
  const script = { text: "#!/bin/sh\necho $0\n", mode: 0o755 };
  const files = { "/lib/drbd/scripts/s.sh": script, "/run/own/file": "early\n" };
  await using box = await Container.start({ name: "alpha", files });
  assert.equal(await box.readFile("/run/own/file"), "early\n");
  assert.equal(await box.output(["/usr/lib/drbd/scripts/s.sh"]), "/usr/lib/drbd/scripts/s.sh\n");
  await box.writeFile("/var/run/drbdd-test-link", "inside\n");
  assert.equal(await box.readFile("/run/drbdd-test-link"), "inside\n");
  assert.equal(await exists("/run/drbdd-test-link"), false);
  await box.appendFile("/run/drbdd-test-link", "more\n");
  assert.equal(await box.readFile("/run/drbdd-test-link"), "inside\nmore\n");
  await box.removeFile("/run/drbdd-test-link");
  await assert.rejects(box.readFile("/run/drbdd-test-link"), /No such file/);
});
