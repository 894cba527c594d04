/** The sandbox, with the very permissions of the compiled program: what a plugin gone bad could do. */
import assert from "node:assert/strict";
import { permissionFlags } from "../../scripts/build/permission_flags.ts";
import type { Needs } from "../../src/effects/permissions.ts";
import { DaemonProcess, PLAIN_DRBDSETUP } from "../support/processes/daemon_process.ts";

const PROBE = new URL("../support/processes/sandbox_probe.ts", import.meta.url).pathname;
const isCompiled = Deno.env.has("DRBDD_PROGRAM");

interface Refused {
  readonly atFirst: readonly string[];
  readonly atLast: readonly string[];
}

/** The probe as a compiled program where the daemon is one, otherwise run with the same permissions. */
async function probeProgram(folder: string): Promise<[string, string[]]> {
  const flags = permissionFlags();
  if (!isCompiled) return [Deno.execPath(), ["run", "--no-check", "--quiet", ...flags, PROBE]];
  const compiler = Deno.env.get("DENO_COMPILE") || Deno.execPath();
  await output(compiler, ["bundle", "--quiet", "-o", `${folder}/probe.js`, PROBE]);
  const rest = ["--quiet", "--no-check", "--no-config", "--no-lock", "--no-code-cache"];
  await output(compiler, ["compile", ...rest, ...flags, "-o", `${folder}/probe`, `${folder}/probe.js`]);
  return [`${folder}/probe`, []];
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function probe(needs: Needs): Promise<Refused> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  const headers = { "content-type": "text/javascript" };
  const listen = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  await using server = Deno.serve(listen, () => new Response("export default 1;", { headers }));
  const module = `http://127.0.0.1:${server.addr.port}/module.js`;
  assert.match(await (await fetch(module)).text(), /export default/);
  try {
    const [program, args] = await probeProgram(folder);
    const tried = await output(program, [...args, JSON.stringify(needs), folder, module]);
    const answer: Refused = JSON.parse(tried);
    return answer;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ALWAYS = [
  "read /etc/shadow",
  "read the memory of the process",
  "run another name of the shell",
  "run true",
  "load native code",
  "read all variables",
  "set LD_PRELOAD",
  "load code from the network",
  "signal another process",
];

const CASES: readonly { name: string; needs: Needs; refused: readonly string[] }[] = [
  {
    name: "an empty configuration",
    needs: { read: ["/etc/drbdd.toml"] },
    refused: [
      "read /etc/passwd",
      "write to its folder",
      "write to /etc",
      "write a drop-in",
      "run sh",
      "run /bin/sh",
      "run setsid",
      "run ssh",
      "open a port",
      "connect",
      "read HOME",
    ],
  },
  {
    name: "umh",
    needs: { read: ["/etc/drbdd.toml"], run: ["setsid", "sh"] },
    refused: [
      "read /etc/passwd",
      "write to its folder",
      "write to /etc",
      "write a drop-in",
      "run ssh",
      "open a port",
      "connect",
      "read HOME",
    ],
  },
  {
    name: "a listener, and a log file in /tmp",
    needs: { read: ["/etc/drbdd.toml", "/tmp/a.log"], write: ["/tmp/a.log"], net: true },
    refused: [
      "read /etc/passwd",
      "write to /etc",
      "write a drop-in",
      "run sh",
      "run /bin/sh",
      "run setsid",
      "run ssh",
      "read HOME",
    ],
  },
];

for (const { name, needs, refused } of CASES) {
  Deno.test({
    name: `the sandbox refuses what is not configured: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const { atFirst, atLast } = await probe(needs);
      assert.deepEqual([...atFirst].sort(), [...ALWAYS].sort());
      assert.deepEqual([...atLast].sort(), [...ALWAYS, ...refused].sort());
    },
  });
}

const MINIMAL = 'sandbox = "minimal"\n';

Deno.test({
  name: "a reload that asks the sandbox for more is refused, and the daemon runs on",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    await using daemon = await DaemonProcess.start({
      config: `${MINIMAL}[[debugger]]\n`,
      programs: { drbdsetup: PLAIN_DRBDSETUP },
      files: { events2: "exists -\n" },
    });
    await daemon.said(/Sandbox permissions kept: run drbdsetup; .*; no network/);
    await daemon.said(/state of all resources is known/);
    await daemon.put("drbdd.toml", `${MINIMAL}[[umh]]\n[[umh.resource]]\ncommand = "true"\n`);
    daemon.kill("SIGHUP");
    await daemon.said(/gave up when it started \(run setsid, run sh\); keeping/);
    assert.equal(await daemon.stop(), 0);
  },
});

const UNITS = '[[promoter]]\n[promoter.resources.web]\nrunner = "systemd"\nstart = ["web.service"]\n';
const AGENT = UNITS.replace('"web.service"', '"web.service", "ocf:heartbeat:IPaddr2 ip ip=127.0.0.2"');
const SHELL = '[[promoter]]\n[promoter.resources.web]\nrunner = "shell"\nstart = ["true"]\n';
const UMH = '[[umh]]\n[[umh.resource]]\ncommand = "true"\n';

Deno.test({
  name: "what tools and administrators ordinarily write and reload is never refused by the sandbox",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    // As the packaged main file: snippets only.
    await using daemon = await DaemonProcess.start({
      config: 'snippets = "$DIR/drbdd.d"\n',
      programs: { drbdsetup: PLAIN_DRBDSETUP, drbdadm: "exit 1", systemctl: "exit 1" },
      files: { events2: "exists -\n", "drbdd.d/none.toml": "" },
    });
    await daemon.said(/state of all resources is known/);
    let place = 0;
    for (const snippet of [UNITS, AGENT, SHELL, `${UNITS}${UMH}`]) {
      await daemon.put("drbdd.d/tool.toml", snippet);
      daemon.kill("SIGHUP");
      place = await daemon.said(/Configuration reloaded|until drbdd is restarted/, place);
      assert.match(daemon.lines[place - 1] ?? "", /Configuration reloaded/, snippet);
    }
    assert.equal(await daemon.stop(), 0);
  },
});
