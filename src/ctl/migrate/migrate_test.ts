import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { inspectTargets, keptAs, place } from "./apply.ts";
import { differencesIn } from "./differences.ts";
import { differencesOn } from "./node_differences.ts";
import { errorsOf, planMigration } from "./plan.ts";

const MAIN = `# written by hand
statistics-poll-interval = 10
snippets = '/etc/drbd-reactor.d/' # here

[[log]]
level = "info"
file = "/var/log/drbd-reactor.log"
`;
const WEB = `[[promoter]]
id = "web"
[promoter.resources.web]
start = ["a.service"]
stop-services-on-exit = true
`;
const SHELL = `[[promoter]]
[promoter.resources.db]
runner = "shell"
start = ["drbdadm primary db"]
on-stop-failure = "echo help"
`;
const PLACES = { from: "/etc/drbd-reactor.toml", to: "/etc/drbdd.toml" };

async function world(texts: Readonly<Record<string, string>>) {
  const effects = new SimulatedEffects();
  for (const [path, text] of Object.entries(texts)) {
    await effects.files.makeDirectory(path.slice(0, path.lastIndexOf("/")));
    await effects.files.writeTextAtomic(path, text);
  }
  const systemd = new SimulatedSystemd(effects.processes);
  return { effects, systemd, files: effects.files };
}

const OLD = {
  "/etc/drbd-reactor.toml": MAIN,
  "/etc/drbd-reactor.d/web.toml": WEB,
  "/etc/drbd-reactor.d/db.toml.disabled": SHELL,
  "/etc/drbd-reactor.d/notes.txt": "not ours",
};

Deno.test("files are taken over as they are, but for the directory of snippets", async () => {
  const { files } = await world(OLD);
  const plan = await planMigration(files, PLACES, PLUGIN_SCHEMAS);
  assert.deepEqual(plan.files.map(({ from, to }) => `${from} -> ${to}`), [
    "/etc/drbd-reactor.toml -> /etc/drbdd.toml",
    "/etc/drbd-reactor.d/db.toml.disabled -> /etc/drbdd.d/db.toml.disabled",
    "/etc/drbd-reactor.d/web.toml -> /etc/drbdd.d/web.toml",
  ]);
  const [main, db, web] = plan.files;
  assert.equal(main?.text, MAIN.replace("'/etc/drbd-reactor.d/'", '"/etc/drbdd.d"'));
  assert.deepEqual(main?.changes, [{
    before: "snippets = '/etc/drbd-reactor.d/' # here",
    after: 'snippets = "/etc/drbdd.d" # here',
  }]);
  assert.deepEqual([db?.text, web?.text], [SHELL, WEB]);
  assert.deepEqual(errorsOf(plan), []);
  assert.deepEqual(plan.loaded.config?.plugins.map(({ plugin, origin }) => `${plugin} ${origin.file}`), [
    "promoter /etc/drbdd.d/web.toml",
  ]);
});

Deno.test("what drbdd says of it has the new places", async () => {
  const { files } = await world({ ...OLD, "/etc/drbd-reactor.d/bad.toml": "[[promoter]]\nresorces = 1\n" });
  const { loaded } = await planMigration(files, PLACES, PLUGIN_SCHEMAS);
  const said = loaded.diagnostics.map(formatDiagnostic);
  assert.ok(said.some((text) => text.startsWith("/etc/drbdd.d/bad.toml:2:1: Unknown key")), said.join("\n"));
  assert.ok(said.some((text) => text.startsWith("/etc/drbdd.d/web.toml:2:1: Deprecated key")));
});

Deno.test("a configuration without snippets is one file, and a relative directory is found", async () => {
  const one = await world({ "/etc/drbd-reactor.toml": WEB });
  assert.equal((await planMigration(one.files, PLACES, PLUGIN_SCHEMAS)).files.length, 1);
  const two = await world({
    "/etc/drbd-reactor.toml": 'snippets = "drbd-reactor.d"\n',
    "/etc/drbd-reactor.d/a.toml": WEB,
  });
  const plan = await planMigration(two.files, PLACES, PLUGIN_SCHEMAS);
  assert.deepEqual(plan.files.map(({ to }) => to), ["/etc/drbdd.toml", "/etc/drbdd.d/a.toml"]);
});

Deno.test("permissions are kept", async () => {
  const { files } = await world(OLD);
  await files.writeTextAtomic("/etc/drbd-reactor.d/web.toml", WEB, 0o640);
  const plan = await planMigration(files, PLACES, PLUGIN_SCHEMAS);
  await place(files, await inspectTargets(files, plan));
  assert.equal((await files.stat("/etc/drbdd.d/web.toml"))?.mode, 0o640);
});

Deno.test("an old configuration that is not there is an error", async () => {
  const { files } = await world({});
  await assert.rejects(planMigration(files, PLACES, PLUGIN_SCHEMAS), /drbd-reactor\.toml/);
});

Deno.test("errors of drbdd's are found", async () => {
  const { files } = await world({
    "/etc/drbd-reactor.toml": '[[promoter]]\n[promoter.resources.a]\nstart = ["nginx"]\n',
  });
  const errors = errorsOf(await planMigration(files, PLACES, PLUGIN_SCHEMAS));
  assert.match(
    errors.map(formatDiagnostic).join(),
    /found "nginx", expected the name of a unit with its suffix/,
  );
});

Deno.test("files are written, and a second time there is nothing to do", async () => {
  const { files } = await world(OLD);
  const plan = await planMigration(files, PLACES, PLUGIN_SCHEMAS);
  const placed = await inspectTargets(files, plan);
  assert.deepEqual(placed.map(({ existing }) => existing), ["nothing", "nothing", "nothing"]);
  assert.equal((await place(files, placed)).length, 3);
  assert.equal(await files.readText("/etc/drbdd.d/web.toml"), WEB);
  const again = await inspectTargets(files, plan);
  assert.deepEqual(again.map(({ existing }) => existing), ["the same", "the same", "the same"]);
  assert.deepEqual(await place(files, again), []);
  assert.equal(await files.readText("/etc/drbd-reactor.d/web.toml"), WEB);
});

Deno.test("the package's main file stays if the old one says no more", async () => {
  const packaged = '# of the package\nsnippets = "/etc/drbdd.d"\n';
  const { files } = await world({
    "/etc/drbd-reactor.toml": 'snippets = "/etc/drbd-reactor.d"\n',
    "/etc/drbd-reactor.d/web.toml": WEB,
    "/etc/drbdd.toml": packaged,
  });
  const plan = await planMigration(files, PLACES, PLUGIN_SCHEMAS);
  const placed = await inspectTargets(files, plan);
  assert.deepEqual(placed.map(({ existing }) => existing), ["the same", "nothing"]);
  await place(files, placed);
  assert.equal(await files.readText("/etc/drbdd.toml"), packaged);
});

Deno.test("the package's untouched main file is replaced, and kept beside", async () => {
  const packaged = '# of the package\nsnippets = "/etc/drbdd.d"\n';
  const { files } = await world({ ...OLD, "/etc/drbdd.toml": packaged });
  const placed = await inspectTargets(files, await planMigration(files, PLACES, PLUGIN_SCHEMAS));
  assert.deepEqual(placed.map(({ existing }) => existing), ["untouched", "nothing", "nothing"]);
  await place(files, placed);
  assert.match(await files.readText("/etc/drbdd.toml"), /statistics-poll-interval/);
  assert.equal(await files.readText(keptAs("/etc/drbdd.toml")), packaged);
});

Deno.test("a main file that says anything of its own is not taken for untouched", async () => {
  for (const own of ['snippets = "/etc/other.d"\n', 'snippets = "/etc/drbdd.d"\n[[debugger]]\n', "x = \n"]) {
    const { files } = await world({ ...OLD, "/etc/drbdd.toml": own });
    const [main] = await inspectTargets(files, await planMigration(files, PLACES, PLUGIN_SCHEMAS));
    assert.equal(main?.existing, "another", own);
  }
});

Deno.test("another file that is there is seen, and kept beside what overwrites it", async () => {
  const { files } = await world({ ...OLD, "/etc/drbdd.d/web.toml": "# mine\n" });
  const placed = await inspectTargets(files, await planMigration(files, PLACES, PLUGIN_SCHEMAS));
  assert.deepEqual(placed.map(({ existing }) => existing), ["nothing", "nothing", "another"]);
  await place(files, placed);
  assert.equal(await files.readText(keptAs("/etc/drbdd.d/web.toml")), "# mine\n");
  assert.equal(await files.readText("/etc/drbdd.d/web.toml"), WEB);
});

async function textsOf(texts: Readonly<Record<string, string>>): Promise<string> {
  const { files } = await world(texts);
  const { loaded } = await planMigration(files, PLACES, PLUGIN_SCHEMAS);
  assert.ok(loaded.config);
  return differencesIn(loaded.config).map(({ kind, text }) => `${kind}: ${text}`).join("\n");
}

for (
  const [what, text, want] of [
    ["on-stop-failure", SHELL, /behaviour: db: on-stop-failure runs after .*"echo help"/],
    [
      "stop-services-on-exit",
      WEB,
      /behaviour: web: stop-services-on-exit stops the services when drbdd exits, and only/,
    ],
    ["drop-ins", WEB, /name: drop-ins .* drbdd\.conf/],
    ["quorum loss", WEB, /behaviour: quorum loss stops running services at once/],
    ["umh", '[[umh]]\n[[umh.device]]\ncommand = "x"\n', /behaviour: umh: DRBD_VOLUME/],
    ["prometheus", "[[prometheus]]\n", /behaviour: prometheus: only GET and HEAD requests for \/metrics/],
    ["a log file", '[[log]]\nfile = "/var/log/x"\n', /the log is still written to \/var\/log\/x/],
  ] as const
) {
  Deno.test(`it prints what is different about ${what}, where that is configured`, async () => {
    assert.match(await textsOf({ "/etc/drbd-reactor.toml": text }), want);
    assert.doesNotMatch(await textsOf({ "/etc/drbd-reactor.toml": "[[debugger]]\n" }), want);
  });
}

Deno.test("it prints what else is on this node: reload unit, drop-ins, units that name drbd-reactor, contexts", async () => {
  const { effects, systemd } = await world({
    ...OLD,
    "/run/systemd/system/a.service.d/reactor.conf": "",
    "/run/systemd/system/a.service.d/reactor-50-before.conf": "",
    "/run/systemd/system/b.service.d/drbdd.conf": "",
    "/etc/systemd/system/after.service": "[Unit]\nAfter=drbd-reactor.service\n",
    "/etc/systemd/system/other.service": "# not drbd-reactor\n[Unit]\nAfter=x.service\n",
    "/etc/systemd/system/drbd-reactor.service.d/local.conf": "[Service]\n",
    "/root/.config/drbd-reactorctl/default.toml": "",
  });
  systemd.set("drbd-reactor-reload.path", { UnitFileState: "enabled" });
  effects.variables.set("HOME", "/root");
  const plan = await planMigration(effects.files, PLACES, PLUGIN_SCHEMAS);
  const texts = (await differencesOn(effects, plan)).map(({ kind, text }) => `${kind}: ${text}`);
  assert.equal(texts.length, 4, texts.join("\n"));
  assert.match(
    texts[0] ?? "",
    /manual: drbd-reactor-reload.path reloads drbd-reactor when \/etc\/drbd-reactor\.d/,
  );
  assert.match(texts[1] ?? "", /hold until the next boot, for a\.service\. /);
  assert.match(
    texts[2] ?? "",
    /: \/etc\/systemd\/system\/after\.service, \/etc\/systemd\/system\/drbd-reactor\.service\.d$/,
  );
  assert.match(texts[3] ?? "", /cp -r \/root\/\.config\/drbd-reactorctl \/root\/\.config\/drbddctl/);
});

Deno.test("on a node without any of that nothing is printed", async () => {
  const { effects } = await world(OLD);
  assert.deepEqual(
    await differencesOn(effects, await planMigration(effects.files, PLACES, PLUGIN_SCHEMAS)),
    [],
  );
});
