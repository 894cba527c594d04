import assert from "node:assert/strict";
import { loadText, pluginConfig } from "../../tests/support/trials/load_text.ts";
import type { UmhConfig } from "./config.ts";

async function umhConfig(text: string): Promise<UmhConfig> {
  // The text has no instance but umh's.
  return await pluginConfig(text) as UmhConfig;
}

const NOTHING_SAID = {
  name: "",
  env: {},
  ordered: false,
  maxConcurrent: undefined,
  timeoutS: undefined,
  debounceMs: undefined,
};

Deno.test("A umh rule needs a command only", async () => {
  assert.deepEqual(await pluginConfig('[[umh]]\n[[umh.resource]]\ncommand = "true"'), {
    maxConcurrent: 64,
    rules: [{ ...NOTHING_SAID, kind: "resource", command: "true", conditions: [] }],
  });
});

Deno.test("A umh rule takes all that can be said of a command", async () => {
  const config = await pluginConfig(`[[umh]]
max-concurrent = 8
[[umh.helper]]
name = "fencing"
command = "x"
env = { A = "1", B_2 = "" }
timeout = 30
max-concurrent = 2
ordered = true
debounce = 500
`);
  assert.deepEqual(config, {
    maxConcurrent: 8,
    rules: [{
      ...{ kind: "helper", name: "fencing", command: "x", env: { A: "1", B_2: "" }, conditions: [] },
      ...{ timeoutS: 30, maxConcurrent: 2, ordered: true, debounceMs: 500 },
    }],
  });
});

Deno.test("umh rules are in the order of their kinds, then of the file", async () => {
  const { rules } = await umhConfig(
    ["helper", "path", "resource", "connection", "peerdevice", "device", "resource"].map((table, index) =>
      `[[umh.${table}]]\ncommand = "${index}"\n`
    ).join(""),
  );
  const order = rules.map(({ kind, command }) => kind + command);
  assert.deepEqual(order, [
    "resource2",
    "resource6",
    "device5",
    "peer-device4",
    "connection3",
    "path1",
    "helper0",
  ]);
});

const equals = (value: unknown) => ({ operator: "Equals", value });

const FILTERS: readonly { table: string; filter: string; of: string; field: string; condition: unknown }[] = [
  {
    table: "resource",
    filter: 'resource-name = "web"',
    of: "event",
    field: "resource-name",
    condition: equals("web"),
  },
  {
    table: "resource",
    filter: 'event-type = "Rename"',
    of: "event",
    field: "event-type",
    condition: equals("Rename"),
  },
  {
    table: "resource",
    filter: 'old.role = { operator = "NotEquals", value = "Primary" }',
    ...{ of: "old", field: "role", condition: { operator: "NotEquals", value: "Primary" } },
  },
  {
    table: "resource",
    filter: 'new.role.operator = "NotEquals"\nnew.role.value = "Primary"',
    ...{ of: "new", field: "role", condition: { operator: "NotEquals", value: "Primary" } },
  },
  {
    table: "resource",
    filter: 'new.role = { value = "Primary" }',
    ...{ of: "new", field: "role", condition: equals("Primary") },
  },
  {
    table: "resource",
    filter: "new.may-promote = true",
    of: "new",
    field: "may-promote",
    condition: equals(true),
  },
  {
    table: "resource",
    filter: 'new.promotion-score = { operator = "GreaterThan", value = -5 }',
    ...{ of: "new", field: "promotion-score", condition: { operator: "GreaterThan", value: -5 } },
  },
  { table: "device", filter: "volume = 0", of: "event", field: "volume", condition: equals(0) },
  {
    table: "device",
    filter: 'old.disk-state = { operator = "In", value = ["Failed", "Diskless"] }',
    ...{ of: "old", field: "disk-state", condition: { operator: "In", value: ["Failed", "Diskless"] } },
  },
  {
    table: "device",
    filter: 'new.client = { operator = "NotEquals", value = true }',
    ...{ of: "new", field: "client", condition: { operator: "NotEquals", value: true } },
  },
  { table: "device", filter: "new.quorum = false", of: "new", field: "quorum", condition: equals(false) },
  { table: "device", filter: "new.open = false", of: "new", field: "open", condition: equals(false) },
  {
    table: "device",
    filter: 'new.size = { operator = "LessThan", value = 9007199254740993 }',
    ...{ of: "new", field: "size", condition: { operator: "LessThan", value: 9007199254740993n } },
  },
  {
    table: "peerdevice",
    filter: 'peer-node-id = { operator = "NotIn", value = [1, 2] }',
    ...{ of: "event", field: "peer-node-id", condition: { operator: "NotIn", value: [1, 2] } },
  },
  {
    table: "peerdevice",
    filter: 'new.peer-disk-state = "Outdated"',
    ...{ of: "new", field: "peer-disk-state", condition: equals("Outdated") },
  },
  {
    table: "peerdevice",
    filter: "new.peer-client = true",
    of: "new",
    field: "peer-client",
    condition: equals(true),
  },
  {
    table: "peerdevice",
    filter: "old.resync-suspended = true",
    ...{ of: "old", field: "resync-suspended", condition: equals(true) },
  },
  {
    table: "peerdevice",
    filter: 'new.replication-state = "SyncTarget"',
    ...{ of: "new", field: "replication-state", condition: equals("SyncTarget") },
  },
  {
    table: "connection",
    filter: 'old.conn-name = { operator = "Matches", value = "^node-[0-9]$" }',
    ...{ of: "old", field: "conn-name", condition: { operator: "Matches", value: /^node-[0-9]$/u } },
  },
  {
    table: "connection",
    filter: 'new.connection-state = "StandAlone"',
    ...{ of: "new", field: "connection-state", condition: equals("StandAlone") },
  },
  {
    table: "connection",
    filter: 'new.peer-role = "Unknown"',
    of: "new",
    field: "peer-role",
    condition: equals("Unknown"),
  },
  {
    table: "connection",
    filter: "new.congested = true",
    of: "new",
    field: "congested",
    condition: equals(true),
  },
  {
    table: "path",
    filter: 'local = "ipv4:10.0.0.1:7789"',
    of: "event",
    field: "local",
    condition: equals("ipv4:10.0.0.1:7789"),
  },
  {
    table: "path",
    filter: 'peer = { operator = "Matches", value = "^ipv6:" }',
    ...{ of: "event", field: "peer", condition: { operator: "Matches", value: /^ipv6:/u } },
  },
  {
    table: "path",
    filter: "new.established = false",
    of: "new",
    field: "established",
    condition: equals(false),
  },
  {
    table: "helper",
    filter: 'helper = "fence-peer"',
    of: "event",
    field: "helper",
    condition: equals("fence-peer"),
  },
  {
    table: "helper",
    filter: 'phase = "response"',
    of: "event",
    field: "phase",
    condition: equals("response"),
  },
  {
    table: "helper",
    filter: 'exit-status = { operator = "NotEquals", value = 7 }',
    ...{ of: "event", field: "exit-status", condition: { operator: "NotEquals", value: 7 } },
  },
  {
    table: "helper",
    filter: 'conn-name = "bravo"',
    of: "event",
    field: "conn-name",
    condition: equals("bravo"),
  },
];
for (const { table, filter, ...want } of FILTERS) {
  Deno.test(`A umh.${table} rule takes ${filter.replace("\n", ", ")}`, async () => {
    const { rules: [rule] } = await umhConfig(`[[umh.${table}]]
command = "x"
${filter}`);
    assert.deepEqual(rule?.conditions, [want]);
  });
}

const ROLES = '"Unknown", "Primary" or "Secondary"';

const REFUSED: readonly { table: string; filter: string; want: string }[] = [
  {
    table: "resource",
    filter: 'new.role = "Primry"',
    want:
      `3:12: Wrong value of "umh.resource.new.role": found "Primry", expected ${ROLES} (did you mean "Primary"?)`,
  },
  {
    table: "resource",
    filter: 'new.role = { operator = "Matches", value = "P.*" }',
    want:
      '3:25: Wrong value of "umh.resource.new.role.operator": found "Matches", expected "Equals", "NotEquals", "In" or "NotIn"',
  },
  {
    table: "resource",
    filter: 'new.may-promote = "yes"',
    want:
      '3:19: Wrong value of "umh.resource.new.may-promote": found "yes", expected true or false, or a table',
  },
  {
    table: "resource",
    filter: 'resource-name = { operator = "GreaterThan", value = "a" }',
    want:
      '3:30: Wrong value of "umh.resource.resource-name.operator": found "GreaterThan", expected "Equals", "NotEquals", "In", "NotIn" or "Matches"',
  },
  {
    table: "resource",
    filter: 'resource-name = { operator = "Matches", value = "(" }',
    want:
      '3:49: Wrong value of "umh.resource.resource-name.value": found "(", expected a regular expression (Unterminated group)',
  },
  {
    table: "resource",
    filter: "new.promotion-score = 1.5",
    want: '3:23: Wrong value of "umh.resource.new.promotion-score": found 1.5, expected a whole number',
  },
  {
    table: "device",
    filter: "new.size = -1",
    want: '3:12: Wrong value of "umh.device.new.size": found -1, expected a whole number of at least 0',
  },
  {
    table: "device",
    filter: 'event-type = "Rename"',
    want:
      '3:14: Wrong value of "umh.device.event-type": found "Rename", expected "Exists", "Create", "Destroy" or "Change"',
  },
  {
    table: "device",
    filter: 'volume = { operator = "In", value = 3 }',
    want: '3:37: Wrong value of "umh.device.volume.value": found 3, expected a list of whole numbers',
  },
  {
    table: "device",
    filter: 'env = { A.B = "x" }',
    want: '3:9: Wrong value of "umh.device.env.A": found a table, expected a string',
  },
  {
    table: "device",
    filter: 'env = { "A=B" = "x" }',
    want:
      '3:17: Wrong value of "umh.device.env."A=B"": found "A=B", expected a variable with a name, without "=" and NUL characters',
  },
  {
    table: "device",
    filter: "timeout = 0",
    want: '3:11: Wrong value of "umh.device.timeout": found 0, expected a whole number from 1 to 2147483',
  },
];
for (const { table, filter, want } of REFUSED) {
  Deno.test(`A umh.${table} rule refuses ${filter}`, async () => {
    assert.deepEqual((await loadText(`[[umh.${table}]]\ncommand = "x"\n${filter}`)).lines, [`error ${want}`]);
  });
}

Deno.test("A umh rule without command is refused", async () => {
  assert.deepEqual((await loadText('[[umh]]\n[[umh.device]]\nname = "x"')).lines, [
    'error 2:7: Missing key "command" in "umh.device": found nothing, expected a string that is not empty',
  ]);
});

Deno.test("A filter of another kind of rule is an unknown key", async () => {
  assert.deepEqual((await loadText('[[umh.resource]]\ncommand = "x"\nnew.quorum = true')).lines, [
    'warning 3:5: Unknown key, ignored: found "quorum" in "umh.resource.new", expected "role", "may-promote" or "promotion-score"',
  ]);
});

Deno.test("An unknown key of a filter is reported, whatever the filter is about", async () => {
  const filters = [
    "device]]\nnew.size",
    "resource]]\nnew.role",
    "resource]]\nresource-name",
    "device]]\nnew.open",
  ];
  for (const filter of filters) {
    const [table = "", key = ""] = filter.split("]]\n");
    const value = key.endsWith("size") ? "1" : key.endsWith("open") ? "true" : '"Primary"';
    const { lines } = await loadText(
      `[[umh.${table}]]\ncommand = "x"\n${key} = { value = ${value}, operater = "x" }`,
    );
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? "",
      /Unknown key, ignored: found "operater" in .* \(did you mean "operator"\?\)$/,
    );
  }
});

const AT_START = "warning 4:1: Rule that also matches everything that exists when drbdd starts: ";
for (
  const { filters, isSaid } of [
    { filters: "old.quorum = false\nnew.quorum = true", isSaid: true },
    { filters: 'old.disk-state = { operator = "In", value = ["DUnknown", "Failed"] }', isSaid: true },
    { filters: "old.quorum = true\nnew.quorum = false", isSaid: false },
    { filters: 'old.quorum = false\nold.disk-state = "UpToDate"', isSaid: false },
    { filters: 'old.disk-state = { operator = "NotEquals", value = "UpToDate" }', isSaid: false },
    { filters: 'old.quorum = false\nevent-type = "Change"', isSaid: false },
    {
      filters: 'old.quorum = false\nevent-type = { operator = "In", value = ["Exists", "Change"] }',
      isSaid: false,
    },
    { filters: "new.quorum = true", isSaid: false },
  ]
) {
  const what = isSaid ? "is said to fire at each start" : "is taken without a word";
  Deno.test(`A umh.device rule with ${JSON.stringify(filters)} ${what}`, async () => {
    const { config, lines } = await loadText(`[[umh]]\n[[umh.device]]\ncommand = "c"\n${filters}\n`);
    assert.ok(config);
    assert.deepEqual(lines.map((line) => line.slice(0, AT_START.length)), isSaid ? [AT_START] : []);
  });
}
