/** What the compiled daemon really touches, by its system calls. */
import assert from "node:assert/strict";
import { compiledProgram } from "../support/processes/compiled_program.ts";
import { DEADLINE_MS } from "../support/processes/deadline.ts";
import { requires } from "./require.ts";

/** What the runtime itself reads, whatever the program. */
const RUNTIME = [
  /^\/etc\/ld\.so\.(cache|preload)$/,
  /^(\/usr)?\/lib(64)?\/.*\.so(\.\d+)*$/,
  /^\/proc\/(self\/(maps|cgroup|exe|stat|status|mountinfo|auxv|task\/.*)|meminfo|version_signature|sys\/vm\/.*)$/,
  /^\/proc\/sys\/(net|kernel)\//,
  /^\/sys\/(fs\/cgroup|devices\/system\/cpu|kernel\/mm)\//,
  /^\/dev\/(urandom|random|null)$/,
  // Deno reads it where the monitor thread asks for the size of its own heap.
  /^\/proc\/self\/statm$/,
  /^\/(etc\/localtime|usr\/share\/zoneinfo\/.*)$/,
];

interface Call {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Lines of strace, which cuts a call in two where another thread's comes between its begin and its end. */
function* wholeLines(trace: string): Generator<string> {
  const begun = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const [, pid = "", begin, end] =
      /^(\d+) +(?:(.*) <unfinished \.\.\.>|<\.\.\. \w+ resumed>(.*))$/.exec(line) ?? [];
    if (begin !== undefined) begun.set(pid, begin);
    else yield end === undefined ? line : `${pid} ${begun.get(pid) ?? ""}${end}`;
  }
}

/** Calls of the daemon that succeeded: not those of its children after they became another program. */
function callsOf(trace: string, program: string): Call[] {
  const strangers = new Set<string>();
  const calls: Call[] = [];
  for (const line of wholeLines(trace)) {
    const [, pid = "", name = "", text = ""] = /^(\d+) +(\w+)\((.*) = \d+.*$/.exec(line) ?? [];
    if (name === "" || strangers.has(pid)) continue;
    const [, path = ""] = /"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
    if (name === "execve" && path !== program) strangers.add(pid);
    calls.push({ name, path, text });
  }
  return calls;
}

Deno.test(requires(["strace"], {
  name: "the compiled daemon opens, runs and listens on nothing but what its configuration names",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    const program = await compiledProgram();
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    try {
      for (const name of ["bin", "run", "snippets"]) await Deno.mkdir(`${folder}/${name}`);
      const standIn = '#!/bin/sh\necho "exists -"\nwhile read -r _; do :; done\n';
      await Deno.writeTextFile(`${folder}/bin/drbdsetup`, standIn, { mode: 0o755 });
      await Deno.writeTextFile(`${folder}/bin/drbdadm`, "#!/bin/sh\n", { mode: 0o755 });
      const config =
        `snippets = "snippets"\nsandbox = "minimal"\n[[log]]\nlevel = "debug"\nfile = "${folder}/drbdd.log"\n` +
        `[[prometheus]]\naddress = "127.0.0.1:0"\n[[api]]\naddress = "unix:${folder}/api.sock"\n`;
      await Deno.writeTextFile(`${folder}/drbdd.toml`, config);
      const traced = new Deno.Command("strace", {
        args: [
          ...["-f", "-qq", "-y", "-s", "4096", "-e", "trace=%file,bind,connect", "-o", `${folder}/trace`],
          ...[program, "--config", `${folder}/drbdd.toml`],
        ],
        clearEnv: true,
        env: { PATH: `${folder}/bin:/usr/bin:/bin`, RUNTIME_DIRECTORY: `${folder}/run` },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      await until(async () => {
        const log = await Deno.readTextFile(`${folder}/drbdd.log`).catch(() => "");
        return /Serving the API at/.test(log) && /state of all resources is known/.test(log) &&
          /drbdadm/.test(log);
      });
      await Deno.writeTextFile(`${folder}/snippets/a.toml`, "[[debugger]]\n");
      const pid = await childOf(traced.pid);
      Deno.kill(pid, "SIGTERM");
      await traced.status;

      const calls = callsOf(await Deno.readTextFile(`${folder}/trace`), program);
      assert.ok(calls.length > 50, `only ${calls.length} calls`);
      const own = (path: string) =>
        path === program || path.startsWith(`${folder}/`) || RUNTIME.some((pattern) => pattern.test(path));
      const opened = calls.filter(({ name, path }) => name.startsWith("open") && path !== "");
      assert.deepEqual(opened.map(({ path }) => path).filter((path) => !own(path)), []);
      const written = opened.filter(({ text }) => /O_WRONLY|O_RDWR|O_CREAT/.test(text));
      assert.deepEqual(
        [...new Set(written.map(({ path }) => path))].filter((path) => path !== "/dev/null").sort(),
        [
          `${folder}/drbdd.log`,
          `${folder}/run/configuration.json.drbdd-new`,
          `${folder}/run/daemons/${pid}`,
          `${folder}/run/daemons/lock`,
          `${folder}/run/last-starts.json.drbdd-new`,
          `${folder}/run/loaded.toml.drbdd-new`,
        ],
      );
      const run = calls.filter(({ name }) => name === "execve").map(({ path }) => path);
      assert.deepEqual(
        [...new Set(run)].sort(),
        [`${folder}/bin/drbdadm`, `${folder}/bin/drbdsetup`, program].sort(),
      );
      const bound = calls.filter(({ name }) => name === "bind");
      const foreign = ({ text }: Call) =>
        !text.includes(`${folder}/`) &&
        !/AF_INET, sin_port=htons\(0\), sin_addr=inet_addr\("127\.0\.0\.1"\)/.test(text);
      assert.deepEqual(bound.filter(foreign), []);
      assert.ok(bound.length >= 2);
      const connected = calls.filter(({ name, text }) => name === "connect" && !text.includes(`${folder}/`));
      assert.deepEqual(connected, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

/** The process that strace traces. */
async function childOf(pid: number): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return Number(children.trim().split(" ")[0]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < end, "Timed out waiting for the daemon");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
