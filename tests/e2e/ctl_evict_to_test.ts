/** drbddctl evict --to, with stand-ins for ssh and for drbddctl on the other nodes. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";
import { DUMP_END, line } from "../support/core/events2_text.ts";

const PEERS = { beta: 1, gamma: 2, delta: 3 } as const;

/** Who is Primary, and what differs of peers. */
interface Scene {
  readonly primary?: string;
  readonly disconnected?: string;
  readonly outdated?: string;
}

function dump({ primary, disconnected, outdated }: Scene): string {
  const lines = [
    line("exists", "resource", { role: primary === undefined ? "Primary" : "Secondary" }),
    line("exists", "device"),
    ...Object.entries(PEERS).flatMap(([name, id]) => {
      const of = { "conn-name": name, "peer-node-id": id };
      const isAway = name === disconnected;
      return [
        line("exists", "connection", {
          ...of,
          connection: isAway ? "Connecting" : "Connected",
          role: isAway ? "Unknown" : name === primary ? "Primary" : "Secondary",
        }),
        line("exists", "peer-device", {
          ...of,
          "peer-disk": isAway ? "DUnknown" : name === outdated ? "Outdated" : "UpToDate",
        }),
      ];
    }),
  ];
  return [...lines, DUMP_END].map((each) => `${each}\n`).join("");
}

/** Nodes with a file `NODE.down` do not answer; those with `NODE.refuses` say why. */
const SSH = `
while [ "$1" = -o ]; do shift 2; done
NODE=\${1#*@}
[ -e "$DIR/$NODE.down" ] && { echo "ssh: connect to host $NODE: No route to host" >&2; exit 255; }
shift 2
export NODE
exec sh -c "$1"`;
const REMOTE = `
echo "$NODE: $*" | sed "s/on [a-zA-Z0-9.-]*, [0-9]*/on HERE, NOW/" >> "$DIR/calls"
[ -e "$DIR/$NODE.refuses" ] || exit 0
case "$*" in *unhold*) exit 0 ;; esac
echo "web: drbdd does not confirm the hold and may still start or stop services" >&2
echo "  Next: systemctl status drbdd" >&2
exit 1`;

const NODE: CtlOptions = {
  programs: { ...NODE_PROGRAMS, ssh: SSH, drbddctl: REMOTE },
  snippets: { "web.toml": '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n' },
  files: {
    ...NODE_FILES,
    "config/drbddctl/default.toml":
      '[nodes.beta]\n[nodes.third]\nhostname = "gamma"\n[nodes.delta]\nuser = "admin"\n',
    "events2": dump({}),
    "after-stop": dump({ primary: "gamma" }),
    "units/drbd-services@web.target": "ActiveState=active\n",
    "do/stop": 'put "$1" ActiveState inactive; cp after-stop events2',
    "do/start": "exit 1",
    "do/unmask": 'rm -f "units/$1"',
  },
};

const REASON = "drbddctl evict --to gamma web on HERE, NOW";
const HOLD = `--local hold --for 140 --reason ${REASON} web`;
const UNHOLD = `--local unhold --reason ${REASON} web`;
const MOVED = [
  "systemctl mask --runtime drbd-services@web.target",
  "systemctl stop drbd-services@web.target",
];
const BACK = [
  "systemctl unmask --runtime drbd-services@web.target",
  "systemctl start drbd-services@web.target",
];

/** Those on other nodes are at once, in no order. */
async function calls(trial: CtlTrial): Promise<string[]> {
  const all = await trial.calls();
  const here = all.findIndex((call) => call.startsWith("systemctl"));
  const end = all.findLastIndex((call) => call === MOVED[1]) + 1;
  if (here < 0) return all.sort();
  const back = all.slice(end);
  const isRemote = (call: string) => !call.startsWith("systemctl");
  return [
    ...all.slice(0, here).sort(),
    ...all.slice(here, end),
    ...back.filter(isRemote).sort(),
    ...back.filter((call) => !isRemote(call)),
  ];
}

ctlTest(
  "evict --to puts the resource on hold on the other peers before anything is stopped, and frees them",
  NODE,
  async (trial) => {
    const { code, stderr } = await trial.run(["evict", "--to", "gamma", "web"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\nweb: gamma took over, \d+ s after the eviction began\n/);
    assert.deepEqual(await calls(trial), [
      ...[`beta: ${HOLD}`, `delta: ${HOLD}`],
      ...MOVED,
      ...[`beta: ${UNHOLD}`, `delta: ${UNHOLD}`],
      ...BACK,
    ]);
    // As the context names it.
    await trial.put("events2", dump({}));
    await trial.put("units/drbd-services@web.target", "ActiveState=active\n");
    assert.equal((await trial.run(["evict", "--to", "third", "web"])).code, 0);
  },
);

ctlTest("evict --to says that another node took over", NODE, async (trial) => {
  await trial.put("after-stop", dump({ primary: "beta" }));
  const { code, stderr } = await trial.run(["evict", "--to", "gamma", "web"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /\nweb: beta took over, not gamma, \d+ s after .*\n {2}Next: drbddctl explain web on gamma\n/,
  );
  assert.ok((await trial.calls()).includes(`beta: ${UNHOLD}`));
});

ctlTest(
  "evict --to says that the node did not take over, and frees the others before this one",
  NODE,
  async (trial) => {
    await trial.put("after-stop", dump({ primary: "" }));
    const { code, stderr } = await trial.run(["evict", "--to", "gamma", "-d1", "web"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /web: gamma did not take over within 1 s; it is started here again\n {2}Next: drbddctl explain web on gamma\n/,
    );
    const all = await trial.calls();
    assert.ok(
      all.indexOf(`beta: ${UNHOLD.replace("140", "121")}`) < all.indexOf(BACK[0] ?? ""),
      all.join("\n"),
    );
  },
);

const refusals: readonly {
  what: string;
  to?: string;
  prepare: (trial: CtlTrial) => Promise<void>;
  said: RegExp;
  isAsked?: boolean;
}[] = [
  {
    what: "is not connected",
    prepare: (trial) => trial.put("events2", dump({ disconnected: "gamma" })),
    said: /web: not evicted: gamma is not connected, so it cannot take over\n {2}Next: drbdadm status web/,
  },
  {
    what: "has no UpToDate data",
    prepare: (trial) => trial.put("events2", dump({ outdated: "gamma" })),
    said: /web: not evicted: the data on gamma are not UpToDate\n {2}Next: .*--force/,
  },
  {
    what: "is no peer",
    to: "omega",
    prepare: () => Promise.resolve(),
    said: /web: not evicted: "omega" is no peer of web\n {2}Next: it has "beta", "gamma" or "delta"/,
  },
  {
    what: "is named where the context lacks another peer",
    prepare: (trial) => trial.put("config/drbddctl/default.toml", "[nodes.beta]\n"),
    said:
      /web: not evicted: --to puts the resource on hold on the other peers, and .* "default" does not say how to reach delta\n/,
  },
  {
    what: "is named where another peer cannot be reached",
    prepare: (trial) => trial.put("delta.down", ""),
    said:
      /web: not evicted: delta cannot be asked to put it on hold: ssh: .*No route to host\n {2}Next: ssh admin@delta/,
    isAsked: true,
  },
  {
    what: "is named where drbdd of another peer does not confirm",
    prepare: (trial) => trial.put("delta.refuses", ""),
    said: /web: not evicted: delta cannot be asked to put it on hold: web: drbdd does not confirm the hold/,
    isAsked: true,
  },
];

for (const { what, to = "gamma", prepare, said, isAsked = false } of refusals) {
  ctlTest(`evict --to changes nothing where the node ${what}`, NODE, async (trial) => {
    await prepare(trial);
    const { code, stderr } = await trial.run(["evict", "--to", to, "web"]);
    assert.equal(code, 1);
    assert.match(stderr, said);
    const all = await trial.calls();
    assert.deepEqual(all.filter((call) => call.startsWith("systemctl")), []);
    // Who was asked is free again.
    assert.equal(all.includes(`beta: ${HOLD}`), isAsked);
    assert.equal(all.includes(`beta: ${UNHOLD}`), isAsked);
  });
}

ctlTest(
  "evict --to goes on where a peer that is not connected cannot be asked, and says so",
  NODE,
  async (trial) => {
    await trial.put("events2", dump({ disconnected: "delta" }));
    await trial.put("delta.down", "");
    const { code, stderr } = await trial.run(["evict", "--to", "gamma", "web"]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /web: delta is not connected and could not be asked to put it on hold: ssh: .*No route/,
    );
  },
);

ctlTest("evict --to warns where preferred-nodes would move the services on", NODE, async (trial) => {
  await trial.put(
    "etc/drbdd.d/web.toml",
    '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\npreferred-nodes = ["delta", "alpha"]\n',
  );
  const { code, stderr } = await trial.run(["evict", "--to", "gamma", "web"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /warning: web: delta before gamma in preferred-nodes: services will move on there/);
});
