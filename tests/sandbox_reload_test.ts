/** What the daemon keeps of its permissions, by its configuration, and what a reload can then ask for. */
import assert from "node:assert/strict";
import { PLUGINS } from "../plugins/mod.ts";
import type { Kept } from "../src/effects/permissions.ts";
import { AppWorld, CONFIG } from "./support/trials/app_world.ts";

const SHELL = '[[promoter]]\n[promoter.resources.web]\nrunner = "shell"\nstart = ["true"]\n';
const SYSTEMD = '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n';
const UMH = '[[umh]]\n[[umh.resource]]\ncommand = "true"\n';

/** What the promoter writes beside drop-ins. */
const OF_PROMOTER = [
  "/run/drbdd/promoted",
  "/run/drbdd/frozen-stops",
  "/run/drbdd/hold",
  "/run/drbdd/hold-in-force.json",
];

const MINIMAL = 'sandbox = "minimal"\n';

/** What is kept with `sandbox = "minimal"`. */
const CASES: readonly { name: string; config: string; kept: Partial<Kept> }[] = [
  {
    name: "an empty configuration keeps itself only",
    config: "",
    kept: { run: [], read: [CONFIG], write: [], net: false },
  },
  { name: "umh keeps the shell", config: UMH, kept: { run: ["setsid", "sh"], write: [], net: false } },
  {
    name: "the promoter keeps no shell for systemd, and its folder",
    config: SYSTEMD,
    kept: {
      run: ["drbdadm", "drbdsetup", "fuser", "journalctl", "stat", "systemctl"],
      write: ["/run/systemd/system", ...OF_PROMOTER],
      net: false,
    },
  },
  {
    name: "the promoter keeps the shell for its shell runner",
    config: SHELL,
    kept: { run: ["drbdadm", "drbdsetup", "fuser", "journalctl", "stat", "systemctl", "setsid", "sh"] },
  },
  {
    name: "a log file and snippets",
    config: 'snippets = "/etc/drbdd.d"\n[[log]]\nfile = "/var/log/drbdd.log"\n',
    kept: { read: [CONFIG, "/etc/drbdd.d", "/var/log/drbdd.log"], write: ["/var/log/drbdd.log"] },
  },
  {
    name: "the API keeps its socket, its token and the network",
    config: '[[api]]\naddress = "unix:/run/drbdd/api.sock"\ntoken-file = "/etc/drbdd/token"\n',
    kept: {
      run: [],
      read: [CONFIG, "/run/drbdd/api.sock", "/etc/drbdd/token"],
      write: ["/run/drbdd/api.sock"],
      net: true,
    },
  },
  {
    name: "prometheus keeps the network",
    config: '[[prometheus]]\naddress = "127.0.0.1:9942"\n',
    kept: { run: ["drbdadm"], net: true },
  },
  {
    name: "agentx keeps the network",
    config: '[[agentx]]\naddress = "unix:/var/agentx/master"\n',
    kept: { run: ["drbdadm"], write: ["/var/agentx/master"], net: true },
  },
];

for (const { name, config, kept } of CASES) {
  Deno.test(`what is kept: ${name}`, async () => {
    const loaded = new AppWorld(PLUGINS);
    await loaded.effects.files.makeDirectory("/etc/drbdd.d");
    await loaded.effects.files.makeDirectory("/var/log");
    const entries = await keptFor(loaded, MINIMAL + config);
    for (const [key, expected] of Object.entries(kept)) {
      assert.deepEqual(entries?.[key as keyof Kept], expected, key);
    }
  });
}

/** Stops right after the permissions were given back: files and servers of the simulated world are of no interest. */
async function keptFor(world: AppWorld, config: string): Promise<Kept | undefined> {
  await world.write(config);
  const given = Promise.withResolvers<never>();
  const keepOnly = world.permissions.keepOnly.bind(world.permissions);
  world.permissions.keepOnly = async (needs) => {
    await keepOnly(needs);
    given.reject(new Error("enough"));
    return await given.promise;
  };
  await assert.rejects(world.app.run(world.stop.signal), /enough/);
  return world.permissions.kept;
}

Deno.test("a configuration with errors gives nothing back, and ends", async () => {
  const world = new AppWorld(PLUGINS);
  assert.equal(await world.run("nonsense"), 2);
  assert.equal(world.permissions.kept, undefined);
});

Deno.test("a reload that asks for more is refused as a whole, and says what it lacks", async () => {
  const world = new AppWorld(PLUGINS);
  await world.run(`${MINIMAL}[[debugger]]\n`, async () => {
    await world.write(`statistics-poll-interval = 7\n${UMH}`);
    await world.app.reload();
    world.app.logState();
  });
  assert.match(
    world.said,
    /needs permissions that drbdd gave up when it started \(run setsid, run sh\); keeping the previous one/,
  );
  assert.doesNotMatch(world.said, /Configuration reloaded/);
  assert.match(world.said, /\[\[debugger\]\]/);
  assert.doesNotMatch(world.said, /statistics-poll-interval = 7/);
});

const ORDINARY = {
  run: ["drbdadm", "drbdsetup", "fuser", "journalctl", "setsid", "sh", "stat", "systemctl"],
  write: [...[...OF_PROMOTER].sort(), "/run/systemd/system"],
  net: false,
};

for (const config of ["", 'snippets = "/etc/drbdd.d"\n', SYSTEMD, UMH]) {
  Deno.test(`what is kept ordinarily, with ${JSON.stringify(config)}: what any promoter and any umh may need`, async () => {
    const loaded = new AppWorld(PLUGINS);
    await loaded.effects.files.makeDirectory("/etc/drbdd.d");
    const kept = await keptFor(loaded, config);
    assert.deepEqual([...kept?.run ?? []].sort(), ORDINARY.run);
    assert.deepEqual([...kept?.write ?? []].sort(), ORDINARY.write);
    assert.equal(kept?.net, ORDINARY.net);
    for (const path of ["/usr/lib/ocf", "/etc/systemd/system", "/run/drbdd/promoted"]) {
      assert.ok(kept?.read.includes(path), path);
    }
  });
}

const OCF = SYSTEMD.replace(
  'start = ["a.service"]',
  'start = ["a.service", "ocf:heartbeat:IPaddr2 ip ip=10.0.0.1"]',
);

for (
  const { name, before, after } of [
    { name: "the first promoter beside a main file that names snippets only", before: "", after: SYSTEMD },
    { name: "an OCF agent in a list of plain units", before: SYSTEMD, after: OCF },
    { name: "the shell runner", before: SYSTEMD, after: SHELL },
    { name: "the first umh", before: SYSTEMD, after: `${SYSTEMD}${UMH}` },
  ]
) {
  Deno.test(`a reload brings ${name}: it is made, and with a minimal sandbox refused`, async () => {
    const reloadWith = async (sandbox: string) => {
      const world = new AppWorld(PLUGINS);
      await world.run(sandbox + before, async () => {
        await world.write(sandbox + after);
        await world.app.reload();
      });
      return world.said;
    };
    assert.match(await reloadWith(""), /Configuration reloaded/);
    assert.match(await reloadWith(MINIMAL), /needs permissions that drbdd gave up when it started/);
  });
}

Deno.test("a reload from a minimal sandbox to an ordinary one is made, and takes effect at a restart", async () => {
  const world = new AppWorld(PLUGINS);
  await world.run(`${MINIMAL}[[debugger]]\n`, async () => {
    await world.write("[[debugger]]\n");
    await world.app.reload();
  });
  assert.match(world.said, /Configuration reloaded/);
});

Deno.test("a reload that asks for no more is made", async () => {
  const world = new AppWorld(PLUGINS);
  await world.run(`${UMH}[[debugger]]\n`, async () => {
    await world.write(UMH.replace("true", "false"));
    await world.app.reload();
  });
  assert.match(world.said, /Configuration reloaded/);
});

Deno.test("the log says in one line what was kept", async () => {
  const world = new AppWorld(PLUGINS);
  await world.run(`${MINIMAL}[[debugger]]\n`);
  assert.match(
    world.said,
    /Sandbox permissions kept: run nothing; read \/etc\/drbdd.toml; write nothing; no network\n/,
  );
});

Deno.test("what no sandbox ever allowed is said at the start, and does not stand in the way of a reload", async () => {
  const world = new AppWorld(PLUGINS, ["/var"]);
  const config = '[[agentx]]\naddress = "unix:/data/master"\n';
  await world.run(config, async () => {
    await world.write(`${config}[[debugger]]\n`);
    await world.app.reload();
  });
  assert.match(
    world.said,
    /error The configuration needs permissions that drbdd does not have \(write "\/data\/master"\)/,
  );
  assert.match(world.said, /Configuration reloaded/);
});
