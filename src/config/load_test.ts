import assert from "node:assert/strict";
import * as v from "valibot";
import { type Content, memoryFiles } from "../../tests/support/trials/config_files.ts";
import { presentSnippets } from "./files.ts";
import { formatDiagnostic } from "./toml/diagnostic.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";
import { pluginSchema } from "./schema/plugin_schema.ts";
import { DEPRECATED_ID } from "./schema/values.ts";

const SHOW = pluginSchema({
  name: "show",
  schema: v.object({
    id: DEPRECATED_ID,
    port: v.optional(v.number(), 80),
    slow: v.optional(v.boolean(), false),
  }),
  claims: ({ port }) => [{ what: `Port ${port}`, path: ["port"], severity: "error" }],
  remarks: ({ slow }) =>
    slow !== true ? [] : [{ path: ["slow"], at: "key", wrong: "Slow", found: "it", expected: "haste" }],
});
const RUN = pluginSchema({
  name: "run",
  schema: v.pipe(
    v.object({ jobs: v.optional(v.record(v.string(), v.object({ start: v.optional(v.string(), "") })), {}) }),
    v.transform(({ jobs }) => Object.keys(jobs)),
  ),
  claims: (names) =>
    names.map((name) => ({ what: `Job "${name}"`, path: ["jobs", name], severity: "error" })),
});
const SCHEMAS = [SHOW, RUN];

const MAIN = "/etc/drbdd.toml";

function load(
  contents: Readonly<Record<string, Content | { text: string }>>,
  implemented?: readonly string[],
): Promise<LoadedConfig> {
  return loadConfig(MAIN, memoryFiles(contents), {
    schemas: SCHEMAS,
    implemented: implemented && new Set(implemented),
  });
}

const lines = ({ diagnostics }: LoadedConfig) =>
  diagnostics.map((diagnostic) => `${diagnostic.severity}: ${formatDiagnostic(diagnostic)}`);
const plugins = ({ config }: LoadedConfig) =>
  config?.plugins.map(({ plugin, config, origin }) => ({
    plugin,
    config,
    from: `${origin.file} ${origin.number}`,
  }));

Deno.test("loadConfig() gives an empty file all defaults", async () => {
  const loaded = await load({ [MAIN]: "" });
  assert.deepEqual(loaded, {
    config: {
      snippets: undefined,
      snippetsMonitoringIntervalS: 120,
      sandbox: "ordinary",
      statisticsPollIntervalS: 60,
      log: [{ level: "info" }],
      plugins: [],
    },
    diagnostics: [],
    sources: { main: MAIN, snippets: undefined, files: [] },
  });
});

Deno.test("loadConfig() reads the daemon's keys, and log levels in any case", async () => {
  const { config } = await load({
    [MAIN]:
      'snippets-monitoring-interval = 0\nstatistics-poll-interval = 5\n[[log]]\nlevel = "DEBUG"\nfile = "/l"\n[[log]]\n',
  });
  assert.deepEqual(config?.log, [{ level: "debug", file: "/l" }, { level: "info" }]);
  assert.equal(config?.snippetsMonitoringIntervalS, 0);
  assert.equal(config?.statisticsPollIntervalS, 5);
});

Deno.test("loadConfig() takes a single table for one instance, and orders instances by plugin, then by file", async () => {
  const loaded = await load({
    [MAIN]: 'snippets = "d"\n[run.jobs.a]\n[[show]]\nport = 1\n[[show]]\nport = 2\n',
    "/etc/d/1.toml": "[show]\nport = 3\n[run]\njobs.b = {}\n",
    "/etc/d/2.toml": "[run.jobs.c]\n",
    "/etc/d/1.toml.disabled": "no TOML",
  });
  assert.deepEqual(loaded.diagnostics, []);
  assert.deepEqual(plugins(loaded), [
    { plugin: "show", config: { port: 1, slow: false }, from: "/etc/drbdd.toml 1" },
    { plugin: "show", config: { port: 2, slow: false }, from: "/etc/drbdd.toml 2" },
    { plugin: "show", config: { port: 3, slow: false }, from: "/etc/d/1.toml 1" },
    { plugin: "run", config: ["a"], from: "/etc/drbdd.toml 1" },
    { plugin: "run", config: ["b"], from: "/etc/d/1.toml 1" },
    { plugin: "run", config: ["c"], from: "/etc/d/2.toml 1" },
  ]);
});

Deno.test("loadConfig() keeps hundreds of snippets in the order of their names, whichever is read first", async () => {
  const names = Array.from({ length: 100 }, (_, place) => `${place}`.padStart(3, "0"));
  const files = memoryFiles({
    [MAIN]: 'snippets = "/d"',
    ...Object.fromEntries(names.map((name) => [`/d/${name}.toml`, `[[log]]\nfile = "/${name}"`])),
  });
  let most = 0;
  let reading = 0;
  const slow = {
    ...files,
    readText: async (path: string) => {
      most = Math.max(most, ++reading);
      // Of each group the last one is there first.
      for (let turn = 0; turn < 64 - Number(path.slice(3, 6)) % 32; turn++) await Promise.resolve();
      reading--;
      return await files.readText(path);
    },
  };
  const { config, sources } = await loadConfig(MAIN, slow, { schemas: SCHEMAS, implemented: undefined });
  assert.deepEqual(config?.log.map(({ file }) => file), names.map((name) => `/${name}`));
  assert.deepEqual(sources.files.map(({ path }) => path), names.map((name) => `/d/${name}.toml`));
  assert.ok(most > 1 && most <= 32, `${most} at once`);
});

Deno.test("loadConfig() appends the [[log]] of snippets", async () => {
  const { config } = await load({
    [MAIN]: 'snippets = "/d"\n[[log]]\nlevel = "warn"',
    "/d/a.toml": '[[log]]\nlevel = "debug"\nfile = "/l"',
  });
  assert.deepEqual(config?.log, [{ level: "warn" }, { level: "debug", file: "/l" }]);
});

Deno.test("loadConfig() returns which files it read, also if they are invalid", async () => {
  const { config, sources } = await load({
    [MAIN]: 'snippets = "d/"\nx',
    "/etc/d/b.toml": "",
    "/etc/d/a.toml": "bad",
  });
  assert.equal(config, undefined);
  assert.deepEqual(sources, {
    main: MAIN,
    snippets: "/etc/d/",
    files: [{ path: "/etc/d/a.toml", modifiedMs: 1000 }, { path: "/etc/d/b.toml", modifiedMs: 1000 }],
  });
});

Deno.test("presentSnippets() finds what loadConfig() has read, also after the directory is gone", async () => {
  const contents: Record<string, Content> = {
    [MAIN]: 'snippets = "/d"',
    "/d/b.toml": "",
    "/d/a.toml": "bad",
    "/d/c.txt": "",
    "/d/sub.toml/x": "",
    "/d/.#a.toml": "dangling",
  };
  const { sources } = await load(contents);
  assert.equal(sources.files.length, 2);
  assert.deepEqual(await presentSnippets("/d", memoryFiles(contents)), sources.files);
  assert.deepEqual(await presentSnippets("/d", memoryFiles({})), []);
});

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, Content | { text: string }>>;
  readonly implemented?: readonly string[];
  readonly want: readonly string[];
  /** Whether there is a configuration in spite of the diagnostics. */
  readonly usable: boolean;
}

const SNIPPETS = 'snippets = "/d"\n';

const CASES: readonly Case[] = [
  {
    name: "a main file that is not there",
    files: {},
    want: [
      'error: /etc/drbdd.toml: Configuration cannot be read: Cannot read "/etc/drbdd.toml": No such file or directory',
    ],
    usable: false,
  },
  {
    name: "a directory of snippets that is not there",
    files: { [MAIN]: 'snippets = "/nowhere"' },
    want: [
      'warning: /etc/drbdd.toml:1:12: Snippets not read: found nothing at "/nowhere", expected a directory',
    ],
    usable: true,
  },
  {
    name: "a directory of snippets that is a file",
    files: { [MAIN]: SNIPPETS, "/d": "" },
    want: [
      'error: /etc/drbdd.toml:1:12: Wrong value of "snippets": found something else at "/d", expected a directory',
    ],
    usable: false,
  },
  {
    name: "a snippet that cannot be read, with the cause",
    files: { [MAIN]: SNIPPETS, "/d/a.toml": { error: 'Cannot read "/d/a.toml": Permission denied' } },
    want: ['error: /d/a.toml: Configuration cannot be read: Cannot read "/d/a.toml": Permission denied'],
    usable: false,
  },
  {
    name: "a snippet that is a link to nothing",
    files: { [MAIN]: SNIPPETS, "/d/.#a.toml": "dangling", "/d/sub.toml/x": "" },
    want: ["warning: /d/.#a.toml: Snippet not read: found nothing behind this link, expected a file"],
    usable: true,
  },
  {
    name: "mistakes of all files, in reading order",
    files: {
      [MAIN]: `${SNIPPETS}[[show]]\nport = "80"\nslow = 1\nx = y\n`,
      "/d/b.toml": "[[show]]\nport = false",
      "/d/a.toml": "[[show]]\nslo = true\nport = 'x'",
    },
    want: [
      'error: /etc/drbdd.toml:3:8: Wrong value of "show.port": found "80", expected a number',
      'error: /etc/drbdd.toml:4:8: Wrong value of "show.slow": found 1, expected true or false',
      'error: /etc/drbdd.toml:5:5: Not valid TOML: found "y", expected a value (strings need quotes: "y")',
      'warning: /d/a.toml:2:1: Unknown key, ignored: found "slo" in "show", expected "id", "port" or "slow" (did you mean "slow"?)',
      'error: /d/a.toml:3:8: Wrong value of "show.port": found "x", expected a number',
      'error: /d/b.toml:2:8: Wrong value of "show.port": found false, expected a number',
    ],
    usable: false,
  },
  {
    name: "mistakes in snippets beside those in keys of the main file",
    files: { [MAIN]: `statistics-poll-interval = 0\n${SNIPPETS}`, "/d/a.toml": "[[show]]\nport = 'x'" },
    want: [
      'error: /etc/drbdd.toml:1:28: Wrong value of "statistics-poll-interval": found 0, expected a whole number from 1 to 2147483',
      'error: /d/a.toml:2:8: Wrong value of "show.port": found "x", expected a number',
    ],
    usable: false,
  },
  {
    name: "keys of the main file in a snippet",
    files: { [MAIN]: SNIPPETS, "/d/a.toml": 'statistics-poll-interval = 1\nsnippets = "/e"\nplugins = []\n' },
    want: [
      'warning: /d/a.toml:1:1: Key of the main file, ignored: found "statistics-poll-interval" in a snippet, expected it in the main file',
      'warning: /d/a.toml:2:1: Key of the main file, ignored: found "snippets" in a snippet, expected it in the main file',
      'warning: /d/a.toml:3:1: Key of the main file, ignored: found "plugins" in a snippet, expected it in the main file',
    ],
    usable: true,
  },
  {
    name: "a misspelt plugin",
    files: { [MAIN]: "[[shwo]]\nport = 1" },
    want: [
      'warning: /etc/drbdd.toml:1:3: Unknown key, ignored: found "shwo" in the file, expected "snippets", "snippets-monitoring-interval", "statistics-poll-interval", "sandbox", "plugins", "log", "show" or "run" (did you mean "show"?)',
    ],
    usable: true,
  },
  {
    name: "tables of other programs, but not values or lists of that name",
    files: {
      [MAIN]:
        "metadata = 1\ntool-metadata = []\n[other-metadata]\na = 1\n[[show]]\n[show.metadata]\nb = {}\n" +
        "[[show.x-metadata]]\n[show.metadatum]\n",
    },
    want: [
      'warning: /etc/drbdd.toml:1:1: Unknown key, ignored: found "metadata" in the file, expected "snippets", "snippets-monitoring-interval", "statistics-poll-interval", "sandbox", "plugins", "log", "show" or "run"',
      'warning: /etc/drbdd.toml:2:1: Unknown key, ignored: found "tool-metadata" in the file, expected "snippets", "snippets-monitoring-interval", "statistics-poll-interval", "sandbox", "plugins", "log", "show" or "run"',
      'warning: /etc/drbdd.toml:9:7: Unknown key, ignored: found "metadatum" in "show", expected "id", "port" or "slow"',
    ],
    usable: true,
  },
  {
    name: "places after a byte order mark",
    files: { [MAIN]: "\uFEFFx = 1\n[[show]]\ny = 1" },
    want: [
      'warning: /etc/drbdd.toml:1:1: Unknown key, ignored: found "x" in the file, expected "snippets", "snippets-monitoring-interval", "statistics-poll-interval", "sandbox", "plugins", "log", "show" or "run"',
      'warning: /etc/drbdd.toml:3:1: Unknown key, ignored: found "y" in "show", expected "id", "port" or "slow"',
    ],
    usable: true,
  },
  {
    name: "no disappointment about a file that could not be read in whole",
    files: { [MAIN]: "[[show]]\nslow = true\nport = x" },
    want: [
      'error: /etc/drbdd.toml:3:8: Not valid TOML: found "x", expected a value (strings need quotes: "x")',
    ],
    usable: false,
  },
  {
    name: "a plugin that is no table",
    files: { [MAIN]: "show = true" },
    want: [
      'error: /etc/drbdd.toml:1:8: Wrong value of "show": found true, expected tables, each with the header [[show]]',
    ],
    usable: false,
  },
  {
    name: "a list that holds more than tables",
    files: { [MAIN]: "show = [{}, 1]" },
    want: [
      'error: /etc/drbdd.toml:1:8: Wrong value of "show": found a list, expected tables, each with the header [[show]]',
    ],
    usable: false,
  },
  {
    name: "a plugin that is not implemented",
    files: { [MAIN]: "[[run]]\n[[show]]\n" },
    implemented: ["show"],
    want: [
      'error: /etc/drbdd.toml:1:3: Plugin not implemented: found "run", expected "show" in this version of drbdd',
    ],
    usable: false,
  },
  {
    name: "two equal instances in two files",
    files: { [MAIN]: `${SNIPPETS}[[show]]\n`, "/d/a.toml": "[[show]]\nport = 80" },
    want: [
      'error: /d/a.toml:1:3: Equal instance of "show": found the same settings again, first at /etc/drbdd.toml:2:3, expected each instance once',
    ],
    usable: false,
  },
  {
    name: "instances that differ only in their deprecated id, and runs one",
    files: { [MAIN]: "[[show]]\n[[show]]\nid = 'x'" },
    want: [
      'warning: /etc/drbdd.toml:2:3: Equal instance of "show", ignored: found the same settings again, first at /etc/drbdd.toml:1:3, expected each instance once',
      'warning: /etc/drbdd.toml:3:1: Deprecated key, ignored: found "id" in "show", expected it to be left out',
    ],
    usable: true,
  },
  {
    name: "what two instances cannot share, with both places",
    files: { [MAIN]: `${SNIPPETS}[run.jobs.a]\nstart = "x"`, "/d/a.toml": "\n[[run]]\n[run.jobs.a]\n" },
    want: [
      'error: /d/a.toml:3:11: Job "a" configured twice: found it again, first at /etc/drbdd.toml:2:11, expected it once',
    ],
    usable: false,
  },
  {
    name: "what will disappoint",
    files: { [MAIN]: "[[show]]\nslow = true" },
    want: ["warning: /etc/drbdd.toml:2:1: Slow: found it, expected haste"],
    usable: true,
  },
  {
    name: "a [[log]] that is none",
    files: { [MAIN]: "log = 'debug'" },
    want: [
      'error: /etc/drbdd.toml:1:7: Wrong value of "log": found "debug", expected tables, each with the header [[log]]',
    ],
    usable: false,
  },
  {
    name: "intervals that are too short",
    files: { [MAIN]: "snippets-monitoring-interval = 29\nstatistics-poll-interval = 0" },
    want: [
      'error: /etc/drbdd.toml:1:32: Wrong value of "snippets-monitoring-interval": found 29, expected 0 (off) or a whole number of at least 30',
      'error: /etc/drbdd.toml:2:28: Wrong value of "statistics-poll-interval": found 0, expected a whole number from 1 to 2147483',
    ],
    usable: false,
  },
  {
    name: "a table that the list of plugins does not name",
    files: { [MAIN]: 'plugins = ["run", "shw"]\n[show]\n[run]\n' },
    want: [
      'warning: /etc/drbdd.toml:1:19: Unknown plugin, ignored: found "shw", expected "show" or "run" (did you mean "show"?)',
      'warning: /etc/drbdd.toml:2:2: Plugin not started: found no "show" in the list "plugins", expected it in that list, or no list',
    ],
    usable: true,
  },
  {
    name: "a list of plugins that is none",
    files: { [MAIN]: 'plugins = "run"' },
    want: ['error: /etc/drbdd.toml:1:11: Wrong value of "plugins": found "run", expected a list of strings'],
    usable: false,
  },
];
for (const { name, files, implemented, want, usable } of CASES) {
  Deno.test(`loadConfig() reports ${name}`, async () => {
    const loaded = await load(files, implemented);
    assert.deepEqual(lines(loaded), want);
    assert.equal(loaded.config !== undefined, usable);
  });
}

Deno.test("loadConfig() starts what the list of plugins names, with defaults where there is no table", async () => {
  const loaded = await load({
    [MAIN]: 'plugins = ["show", "run"]\nsnippets = "/d"\n[run.jobs.a]\n',
    "/d/a.toml": "[[show]]\nport = 1",
  });
  assert.deepEqual(loaded.diagnostics, []);
  assert.deepEqual(plugins(loaded), [
    { plugin: "show", config: { port: 80, slow: false }, from: "/etc/drbdd.toml 1" },
    { plugin: "show", config: { port: 1, slow: false }, from: "/d/a.toml 1" },
    { plugin: "run", config: ["a"], from: "/etc/drbdd.toml 1" },
  ]);
});
