/** Forms of configuration that drbd-reactor documents, and those of drbdd's first format. */
import assert from "node:assert/strict";
import { loadText } from "../tests/support/trials/load_text.ts";

interface Case {
  readonly name: string;
  readonly text: string;
  readonly snippets?: Readonly<Record<string, string>>;
  /** Names of the instances' plugins. */
  readonly plugins: readonly string[];
  readonly warnings?: readonly string[];
}

const CASES: readonly Case[] = [
  { name: "an empty file", text: "", plugins: [] },
  {
    name: "global keys with a log",
    text:
      'snippets = "/s"\nstatistics-poll-interval = 60\n[[log]]\nlevel = "info"\nfile = "/var/log/x.log"\n',
    snippets: { "/s/x.toml": "" },
    plugins: [],
  },
  { name: "a log without keys", text: "[[log]]\n", plugins: [] },
  {
    name: "plugins without keys",
    text: "[[debugger]]\n[[prometheus]]\n[[agentx]]\n",
    plugins: ["debugger", "prometheus", "agentx"],
  },
  {
    name: "a resource below an array of promoters",
    text:
      '[[promoter]]\n[promoter.resources.a]\nstart = ["x.service"]\n[promoter.resources.b]\nstart = ["y.service"]\n',
    plugins: ["promoter"],
  },
  {
    name: "two promoters in a file",
    text:
      '[[promoter]]\n[promoter.resources.a]\nstart = ["x.service"]\n[[promoter]]\n[promoter.resources.b]\nstart = ["y.service"]\n',
    plugins: ["promoter", "promoter"],
  },
  {
    name: "a snippet for each promoter, with an agent on several lines",
    text: 'snippets = "/s"',
    snippets: {
      "/s/a.toml":
        '[[promoter]]\n[promoter.resources.a]\nstart = ["x.mount", """ocf:heartbeat:IPaddr2 vip\n  ip=10.0.0.1 cidr_netmask=16""", "z.service"]',
      "/s/b.toml": "[[promoter]]\n[promoter.resources.b]\nrunner = 'shell'\nstart = ['mount /x']\n",
    },
    plugins: ["promoter", "promoter"],
  },
  {
    name: "a resource table alone",
    text: '[promoter.resources.a]\nstart = ["x.service"]',
    plugins: ["promoter"],
  },
  {
    name: "identifiers, with a warning for each",
    text: '[[promoter]]\nid = "one"\n[promoter.resources.a]\nstart = ["x.service"]\n[[umh]]\nid = "two"\n',
    plugins: ["promoter", "umh"],
    warnings: ["promoter", "umh"].map((name, index) =>
      `warning ${
        index * 4 + 2
      }:1: Deprecated key, ignored: found "id" in "${name}", expected it to be left out`
    ),
  },
  {
    name: "an on-stop-failure of old, with a warning",
    text: '[promoter.resources.a]\nstart = ["x.service"]\non-stop-failure = "true"\n',
    plugins: ["promoter"],
    warnings: [
      'warning 3:1: Key without effect: found "on-stop-failure" with the systemd runner, expected "on-drbd-demote-failure" instead, or runner = "shell"',
    ],
  },
  {
    name: "a rule with values and dotted keys",
    text:
      '[[umh]]\n[[umh.resource]]\nname = "n"\ncommand = "c"\nresource-name = "r"\nold.role = "Secondary"\nnew.role = "Primary"\n',
    plugins: ["umh"],
  },
  {
    name: "a rule with operators, as table and as dotted keys",
    text:
      '[[umh]]\n[[umh.connection]]\ncommand = "c"\nevent-type = "Change"\nold.peer-role = { operator = "NotEquals", value = "Primary" }\nnew.peer-role.operator = "NotEquals"\nnew.peer-role.value = "Primary"\nenv = { X = "y" }\n',
    plugins: ["umh"],
  },
  {
    name: "rules in tables with headers of their own",
    text:
      '[[umh]]\n[[umh.device]]\ncommand = "c"\n[umh.device.env]\nX = "y"\n[umh.device.new]\nquorum = false\n',
    plugins: ["umh"],
  },
  {
    name: "the first format's list, with single tables",
    text:
      'plugins = ["promoter", "debugger", "prometheus"]\n[[log]]\nlevel = "trace"\n[promoter]\n[promoter.resources.a]\nstart = ["x.service"]\n[prometheus]\naddress = "0.0.0.0:9942"\nenums = true\n',
    plugins: ["debugger", "promoter", "prometheus"],
  },
];
for (const { name, text, snippets = {}, plugins, warnings = [] } of CASES) {
  Deno.test(`A configuration of before is taken: ${name}`, async () => {
    const { config, lines } = await loadText(text, snippets);
    assert.deepEqual(lines, warnings);
    assert.deepEqual(config?.plugins.map(({ plugin }) => plugin), plugins);
  });
}
