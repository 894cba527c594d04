/** drbddctl on the nodes of a cluster context, through a stand-in for ssh. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";
import { daemonCommand } from "../support/processes/daemon_process.ts";
import { quoted } from "../support/drbdsetup/programs.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n';

/**
 * The command given to ssh is run by a shell here, with `NODE` in its environment; a node with a file `down` does not answer. There,
 * drbddctl is the same program with an /etc of the node.
 */
const SSH = `
echo "ssh $*" >> "$DIR/calls"
while [ "$1" = -o ]; do shift 2; done
NODE=\${1#*@}
[ -e "$DIR/$NODE/down" ] && { echo "ssh: connect to host $NODE: No route to host" >&2; exit 255; }
shift 2
export NODE
exec sh -c "$1"`;

function drbddctl(): string {
  const { program, args } = daemonCommand(["ctl"]);
  return `
for word; do
  shift
  case $word in $DIR/etc/*) word=$DIR/$NODE/\${word#$DIR/} ;; esac
  set -- "$@" "$word"
done
exec ${[program, ...args].map(quoted).join(" ")} "$@"`;
}

const me = Deno.hostname();
const CONTEXT = `[nodes.alpha]\nhostname = "${me}"\n[nodes.bravo]\n[nodes.charlie]\nuser = "admin"\n`;

const NODE: CtlOptions = {
  programs: { ...NODE_PROGRAMS, ssh: SSH, drbddctl: drbddctl() },
  snippets: { "web.toml": WEB },
  files: {
    ...NODE_FILES,
    "config/drbddctl/default.toml": CONTEXT,
    ...Object.fromEntries(["bravo", "charlie"].flatMap((node) => [
      [`${node}/etc/drbdd.toml`, `snippets = "$DIR/${node}/etc/drbdd.d"\n`],
      [`${node}/etc/drbdd.d/web.toml`, WEB],
    ])),
  },
};

const sshCalls = async (trial: CtlTrial) => (await trial.calls()).filter((call) => call.startsWith("ssh "));
const exists = async (trial: CtlTrial, name: string) => await trial.read(name).then(() => true, () => false);

ctlTest(
  "runs a command on all nodes of the default context, each node's output as a whole",
  NODE,
  async (trial) => {
    const { code, stdout, stderr } = await trial.run(["disable", "web"]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(
      stdout,
      /^→ alpha\nDisabled \$DIR\/etc\/drbdd\.d\/web\.toml\.disabled\n[^]*→ bravo\nDisabled \$DIR\/bravo\/etc[^]*→ charlie\nDis/,
    );
    for (const node of ["", "bravo/", "charlie/"]) {
      assert.ok(await exists(trial, `${node}etc/drbdd.d/web.toml.disabled`), node);
    }
    const calls = await sshCalls(trial);
    assert.deepEqual(calls.slice(0, 2).sort(), [
      "ssh -o BatchMode=yes -o ConnectTimeout=10 admin@charlie -- true",
      "ssh -o BatchMode=yes -o ConnectTimeout=10 root@bravo -- true",
    ]);
    assert.equal(calls.length, 4);
    assert.match(
      calls[2] ?? "",
      /-- drbddctl --local --color never --symbols unicode --config \S+ disable web$/,
    );
  },
);

ctlTest("does nothing anywhere when a node does not answer", NODE, async (trial) => {
  await trial.put("charlie/down", "");
  const { code, stderr } = await trial.run(["disable", "web"]);
  assert.equal(code, 1);
  assert.match(stderr, /^charlie: ssh: connect to host charlie: No route to host\n/);
  assert.match(
    stderr,
    /Nothing was changed, .*: charlie\n {2}Next: ssh admin@charlie true; to leave nodes out: --nodes\n/,
  );
  assert.equal((await sshCalls(trial)).length, 2);
  assert.ok(await exists(trial, "etc/drbdd.d/web.toml"));
  assert.equal((await trial.run(["--nodes", "alpha,bravo", "disable", "web"])).code, 0);
  assert.ok(await exists(trial, "bravo/etc/drbdd.d/web.toml.disabled"));
  assert.ok(await exists(trial, "charlie/etc/drbdd.d/web.toml"));
});

ctlTest("looks at the nodes that answer when one does not, and says which", NODE, async (trial) => {
  await trial.put("bravo/down", "");
  const { code, stdout, stderr } = await trial.run(["status"]);
  assert.match(
    stdout,
    /→ alpha[^]*1 resource: [^]*^→ bravo does not answer: ssh: .*No route to host\n→ charlie[^]*1 resource: /m,
  );
  assert.equal(stderr, "");
  // On the others web is down: there is no such resource in DRBD.
  assert.equal(code, 4);
  const json = await trial.run(["status", "--json"]);
  const nodes = JSON.parse(json.stdout);
  assert.deepEqual([Object.keys(nodes), nodes.bravo, json.code], [["alpha", "charlie", "bravo"], null, 1]);
  assert.match(json.stderr, /^bravo does not answer: ssh: connect to host bravo: No route to host$/m);
  const none = await trial.run(["--nodes", "bravo", "status"]);
  assert.deepEqual([none.code, none.stdout], [
    5,
    "→ bravo does not answer: ssh: connect to host bravo: No route to host\n",
  ]);
  assert.equal((await trial.run(["--nodes", "bravo", "ls"])).code, 1);
});

ctlTest("does not know how healthy a cluster is when a node does not answer", NODE, async (trial) => {
  await trial.put("bravo/down", "");
  for (const node of ["", "charlie/"]) {
    await Deno.remove(trial.path(`${node}etc/drbdd.d/web.toml`));
  }
  const { code } = await trial.run(["status"]);
  assert.equal(code, 5);
});

ctlTest("ends with the exit code of the worst node", NODE, async (trial) => {
  await Deno.remove(trial.path("bravo/etc/drbdd.d/web.toml"));
  await trial.put("charlie/etc/drbdd.d/web.toml", "x = [\n");
  const { code, stdout } = await trial.run(["cat", "web", "--nodes", "alpha", "--nodes=bravo"]);
  assert.equal(code, 1);
  assert.match(stdout, /^→ alpha\n\[\[promoter\]\][^]*→ bravo \(exit code 1\)\ndrbddctl: There is no file/);
});

ctlTest("none and local are this node alone, and so is a person without contexts", NODE, async (trial) => {
  for (const context of ["none", "local"]) {
    assert.equal(await trial.output(["--context", context, "cat", "web"]), WEB);
  }
  await Deno.remove(trial.path("config/drbddctl/default.toml"));
  assert.equal(await trial.output(["cat", "web"]), WEB);
  assert.deepEqual(await sshCalls(trial), []);
});

ctlTest("takes nodes from a script", NODE, async (trial) => {
  await trial.put(
    "config/drbddctl/script.toml",
    'nodes-script = "nodes.sh"\n[nodes.alpha]\nhostname = "elsewhere"\n',
  );
  await trial.put(
    "config/drbddctl/nodes.sh",
    `#!/bin/sh\necho '[nodes.alpha]\nhostname = "${me}"\n[nodes.bravo]'\n`,
  );
  const args = ["--context", "script", "cat", "web"];
  const denied = await trial.run(args);
  assert.equal(denied.code, 1);
  assert.match(denied.stderr, /nodes-script ".*nodes\.sh" failed: exit code 126/);
  await Deno.chmod(trial.path("config/drbddctl/nodes.sh"), 0o755);
  assert.match(await trial.output(args), /^→ alpha\n[^]*→ bravo\n/);
});

ctlTest("says what is wrong with contexts and nodes", NODE, async (trial) => {
  await trial.put("config/drbddctl/bad.toml", "[nodes.a]\nuser = 1\n");
  const CASES: [string[], RegExp][] = [
    [["--context", "nowhere"], /no context "nowhere": .*\n {2}Next: name one of "bad" or "default"/],
    [
      ["--context", "bad"],
      /error: .*bad\.toml:2:8: .*"nodes\.a\.user"[^]*The cluster context has errors/,
    ],
    [["--nodes", "brave"], /no node "brave" in the context "default"\n {2}Next: did you mean "bravo"\?/],
    [["--context", "none", "--nodes", "bravo"], /--nodes needs a cluster context/],
  ];
  for (const [args, message] of CASES) {
    const { code, stderr } = await trial.run([...args, "ls"]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
  const evict = await trial.run(["evict", "--nodes", "bravo"]);
  assert.equal(evict.code, 2);
  assert.match(evict.stderr, /"evict" works on this node only.*\n {2}Next: .*ssh -t NODE drbddctl evict/);
});

ctlTest("joins the JSON of all nodes", NODE, async (trial) => {
  await Deno.remove(trial.path("bravo/etc"), { recursive: true });
  const { code, stdout, stderr } = await trial.run(["status", "--json"]);
  assert.equal(code, 1);
  const status = JSON.parse(stdout);
  assert.deepEqual(Object.keys(status), ["alpha", "bravo", "charlie"]);
  assert.match(status.bravo.error, /^Cannot read/);
  assert.equal(status.charlie.promoter[0].path, "$DIR/charlie/etc/drbdd.d/web.toml");
  assert.match(stderr, /^bravo: drbddctl: Cannot read/m);
});

ctlTest("rm on a cluster wants --force where nobody can be asked", NODE, async (trial) => {
  const refused = await trial.run(["rm", "web"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Refusing to remove .*web.* without confirmation/);
  assert.equal((await trial.run(["rm", "-f", "web"])).code, 0);
  assert.ok(!await exists(trial, "charlie/etc/drbdd.d/web.toml"));
});

ctlTest("completes names of contexts and nodes", NODE, async (trial) => {
  await trial.put("config/drbddctl/other.toml", "[nodes.delta]\n");
  const words = async (...args: string[]) => {
    const text = await trial.output(["generate-completion", "bash", ...args], { isBare: true });
    return text.split("\n").filter((word) => word !== "");
  };
  assert.deepEqual(await words("--context", "o"), ["other"]);
  assert.deepEqual(await words("ls", "--nodes", "b"), ["bravo"]);
  assert.deepEqual(await words("--context=other", "ls", "--nodes", "d"), ["delta"]);
});

ctlTest(
  "check --system looks at all nodes, and ends with the worst of what it finds",
  NODE,
  async (trial) => {
    await trial.put("bravo/etc/drbdd.d/web.toml", `${WEB}runer = "shell"\n`);
    const { code, stdout } = await trial.run(["check", "--system"]);
    assert.equal(code, 2);
    assert.match(stdout, /^→ alpha\n[^]*2 files and this node: [^]*→ bravo \(exit code 2\)\n/);
    assert.match(stdout, /^error: \$DIR\/bravo\/etc\/drbdd\.d\/web\.toml:4:1: Unknown key/m);
    assert.match(stdout, /→ charlie\n[^]*2 files and this node: /);
  },
);
