import assert from "node:assert/strict";
import * as v from "valibot";
import { RecordedUpdates } from "../../tests/support/core/recorded_updates.ts";
import type { Update } from "../../src/drbd/model/update.ts";
import { type Rule, UMH_SCHEMA } from "./config.ts";
import { RuleIndex, subscriptionFor } from "./matching.ts";

type TableName = "resource" | "device" | "peerdevice" | "connection" | "path" | "helper";

/** A rule as the configuration makes it from its table. */
function ruleOf(table: TableName, filter: object): Rule {
  const { rules: [rule] } = v.parse(UMH_SCHEMA.schema, { [table]: [{ command: "true", ...filter }] });
  assert.ok(rule);
  return rule;
}

function matches(table: TableName, filter: object, updates: readonly Update[]): boolean {
  const index = new RuleIndex([ruleOf(table, filter)]);
  return updates.some((update) => index.matching(update).length > 0);
}

const RESOURCE = "role:Secondary suspended:no force-io-failures:no may_promote:no promotion_score:100";
const DEVICE = "minor:1000 backing_dev:/dev/a disk:Inconsistent client:no open:no quorum:no size:2048";
const CONNECTION = "connection:Connecting role:Unknown congested:no";
const PEER_DEVICE = "replication:Off peer-disk:Outdated peer-client:no resync-suspended:no";
const ADDRESSES = "local:ipv4:10.0.0.1:7000 peer:ipv4:10.0.0.2:7000";

const DUMP = [
  `exists resource name:web ${RESOURCE}`,
  `exists connection name:web peer-node-id:1 conn-name:beta ${CONNECTION}`,
  `exists device name:web volume:0 ${DEVICE}`,
  `exists peer-device name:web peer-node-id:1 conn-name:beta volume:0 ${PEER_DEVICE}`,
  `exists path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:no`,
  "exists -",
];

/** What a line brings after the dump. */
function after(...lines: readonly string[]): Update[] {
  const recorded = new RecordedUpdates();
  recorded.read(...DUMP);
  const updates = recorded.read(...lines);
  assert.notEqual(updates.length, 0, `nothing came of ${lines}`);
  return updates;
}

const device = (fields: string) => `change device name:web volume:0 ${fields}`;
const connection = (fields: string) => `change connection name:web peer-node-id:1 conn-name:beta ${fields}`;
const peerDevice = (fields: string) =>
  `change peer-device name:web peer-node-id:1 conn-name:beta volume:0 ${fields}`;
const helper = (fields: string) => `response helper name:web ${fields}`;

type Value = string | number | bigint | boolean;

/** A field, what it was and is after `line`, and something it never is. */
interface Row {
  readonly table: TableName;
  readonly field: string;
  readonly line: string;
  /** Undefined for fields of the event. */
  readonly old?: Value;
  readonly now: Value;
  readonly other: Value;
  readonly isName?: boolean;
}

const ROWS: readonly Row[] = [
  {
    table: "resource",
    field: "resource-name",
    line: "change resource name:web role:Primary",
    now: "web",
    other: "db",
    isName: true,
  },
  {
    table: "resource",
    field: "event-type",
    line: "change resource name:web role:Primary",
    now: "Change",
    other: "Create",
  },
  {
    table: "resource",
    field: "event-type",
    line: "destroy resource name:web",
    now: "Destroy",
    other: "Exists",
  },
  {
    table: "resource",
    field: "event-type",
    line: `create resource name:db ${RESOURCE}`,
    now: "Create",
    other: "Change",
  },
  {
    table: "resource",
    field: "event-type",
    line: "rename resource name:web new_name:www",
    now: "Rename",
    other: "Change",
  },
  {
    table: "resource",
    field: "role",
    line: "change resource name:web role:Primary",
    old: "Secondary",
    now: "Primary",
    other: "Unknown",
  },
  {
    table: "resource",
    field: "may-promote",
    line: "change resource name:web may_promote:yes",
    old: false,
    now: true,
    other: false,
  },
  {
    table: "resource",
    field: "promotion-score",
    line: "change resource name:web promotion_score:10101",
    old: 100,
    now: 10101,
    other: 5,
  },

  {
    table: "device",
    field: "resource-name",
    line: device("disk:UpToDate"),
    now: "web",
    other: "we",
    isName: true,
  },
  { table: "device", field: "event-type", line: device("disk:UpToDate"), now: "Change", other: "Exists" },
  { table: "device", field: "volume", line: device("disk:UpToDate"), now: 0, other: 1 },
  {
    table: "device",
    field: "disk-state",
    line: device("disk:UpToDate"),
    old: "Inconsistent",
    now: "UpToDate",
    other: "Failed",
  },
  { table: "device", field: "client", line: device("client:yes"), old: false, now: true, other: false },
  { table: "device", field: "quorum", line: device("quorum:yes"), old: false, now: true, other: false },
  { table: "device", field: "open", line: device("open:yes"), old: false, now: true, other: false },
  { table: "device", field: "size", line: device("disk:UpToDate size:4096"), old: 2048, now: 4096, other: 1 },
  {
    table: "device",
    field: "size",
    line: device("disk:UpToDate size:9007199254740993"),
    old: 2048,
    now: 9007199254740993n,
    other: 9007199254740992n,
  },

  {
    table: "peerdevice",
    field: "resource-name",
    line: peerDevice("peer-disk:UpToDate"),
    now: "web",
    other: "Web",
    isName: true,
  },
  {
    table: "peerdevice",
    field: "event-type",
    line: peerDevice("peer-disk:UpToDate"),
    now: "Change",
    other: "Destroy",
  },
  { table: "peerdevice", field: "volume", line: peerDevice("peer-disk:UpToDate"), now: 0, other: 7 },
  { table: "peerdevice", field: "peer-node-id", line: peerDevice("peer-disk:UpToDate"), now: 1, other: 0 },
  {
    table: "peerdevice",
    field: "peer-disk-state",
    line: peerDevice("peer-disk:UpToDate"),
    old: "Outdated",
    now: "UpToDate",
    other: "DUnknown",
  },
  {
    table: "peerdevice",
    field: "peer-client",
    line: peerDevice("peer-client:yes"),
    old: false,
    now: true,
    other: false,
  },
  {
    table: "peerdevice",
    field: "resync-suspended",
    line: peerDevice("resync-suspended:user,peer"),
    old: false,
    now: true,
    other: false,
  },
  {
    table: "peerdevice",
    field: "replication-state",
    line: peerDevice("replication:Established"),
    old: "Off",
    now: "Established",
    other: "Ahead",
  },

  {
    table: "connection",
    field: "resource-name",
    line: connection("connection:Connected"),
    now: "web",
    other: "",
    isName: true,
  },
  {
    table: "connection",
    field: "event-type",
    line: connection("connection:Connected"),
    now: "Change",
    other: "Exists",
  },
  { table: "connection", field: "peer-node-id", line: connection("connection:Connected"), now: 1, other: 2 },
  {
    table: "connection",
    field: "conn-name",
    line: "change connection name:web peer-node-id:1 conn-name:gamma",
    old: "beta",
    now: "gamma",
    other: "alpha",
    isName: true,
  },
  {
    table: "connection",
    field: "connection-state",
    line: connection("connection:Connected"),
    old: "Connecting",
    now: "Connected",
    other: "StandAlone",
  },
  {
    table: "connection",
    field: "peer-role",
    line: connection("role:Primary"),
    old: "Unknown",
    now: "Primary",
    other: "Secondary",
  },
  {
    table: "connection",
    field: "congested",
    line: connection("congested:yes"),
    old: false,
    now: true,
    other: false,
  },

  {
    table: "path",
    field: "resource-name",
    line: `change path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:yes`,
    now: "web",
    other: "db",
    isName: true,
  },
  {
    table: "path",
    field: "event-type",
    line: `destroy path name:web peer-node-id:1 conn-name:beta ${ADDRESSES}`,
    now: "Destroy",
    other: "Change",
  },
  {
    table: "path",
    field: "peer-node-id",
    line: `change path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:yes`,
    now: 1,
    other: 3,
  },
  {
    table: "path",
    field: "local",
    line: `change path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:yes`,
    now: "ipv4:10.0.0.1:7000",
    other: "ipv4:10.0.0.2:7000",
    isName: true,
  },
  {
    table: "path",
    field: "peer",
    line: `change path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:yes`,
    now: "ipv4:10.0.0.2:7000",
    other: "ipv4:10.0.0.1:7000",
    isName: true,
  },
  {
    table: "path",
    field: "established",
    line: `change path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:yes`,
    old: false,
    now: true,
    other: false,
  },

  {
    table: "helper",
    field: "resource-name",
    line: "call helper name:web helper:split-brain",
    now: "web",
    other: "db",
    isName: true,
  },
  {
    table: "helper",
    field: "helper",
    line: "call helper name:web helper:split-brain",
    now: "split-brain",
    other: "quorum-lost",
    isName: true,
  },
  {
    table: "helper",
    field: "phase",
    line: "call helper name:web helper:split-brain",
    now: "call",
    other: "response",
  },
  {
    table: "helper",
    field: "phase",
    line: helper("helper:split-brain status:0"),
    now: "response",
    other: "call",
  },
  {
    table: "helper",
    field: "volume",
    line: helper("volume:0 minor:1000 helper:quorum-lost status:0"),
    now: 0,
    other: 1,
  },
  {
    table: "helper",
    field: "peer-node-id",
    line: helper("peer-node-id:1 conn-name:beta helper:fence-peer status:0"),
    now: 1,
    other: 0,
  },
  {
    table: "helper",
    field: "conn-name",
    line: helper("peer-node-id:1 conn-name:beta helper:fence-peer status:0"),
    now: "beta",
    other: "gamma",
    isName: true,
  },
  {
    table: "helper",
    field: "exit-status",
    line: helper("helper:fence-peer status:1792"),
    now: 7,
    other: 1792,
  },
];

/** The operators that go with a value of a field, each with a condition that holds for it and one that does not. */
function* conditionsFor(value: Value, other: Value, isName: boolean): Generator<[string, unknown, unknown]> {
  yield ["a value", value, other];
  yield ["Equals", { operator: "Equals", value }, { operator: "Equals", value: other }];
  yield ["no operator", { value }, { value: other }];
  yield ["NotEquals", { operator: "NotEquals", value: other }, { operator: "NotEquals", value }];
  if (typeof value === "boolean") return;
  yield ["In", { operator: "In", value: [other, value] }, { operator: "In", value: [other] }];
  yield ["In of nothing", { operator: "NotIn", value: [] }, { operator: "In", value: [] }];
  yield ["NotIn", { operator: "NotIn", value: [other] }, { operator: "NotIn", value: [value, other] }];
  if (typeof value !== "string") {
    const less = typeof value === "bigint" ? value - 1n : value - 1;
    const more = typeof value === "bigint" ? value + 1n : value + 1;
    if (value > 0) {
      yield ["GreaterThan", { operator: "GreaterThan", value: less }, { operator: "GreaterThan", value }];
    }
    yield ["LessThan", { operator: "LessThan", value: more }, { operator: "LessThan", value }];
  } else if (isName) {
    const escaped = value.replaceAll(".", "\\.");
    yield ["Matches", { operator: "Matches", value: `^${escaped}$` }, { operator: "Matches", value: "^x" }];
    yield ["Matches a part", { operator: "Matches", value: escaped.slice(1) }, {
      operator: "Matches",
      value: `${escaped}.`,
    }];
  }
}

for (const { table, field, line, old, now, other, isName = false } of ROWS) {
  const sides: [string, Value, (condition: unknown) => object][] = old === undefined
    ? [[field, now, (condition) => ({ [field]: condition })]]
    : [
      [`new.${field}`, now, (condition) => ({ new: { [field]: condition } })],
      [`old.${field}`, old, (condition) => ({ old: { [field]: condition } })],
    ];
  for (const [path, value, filter] of sides) {
    const never = typeof value === "boolean" ? !value : other;
    for (const [operator, holds, fails] of conditionsFor(value, never, isName)) {
      Deno.test(`RuleIndex: ${table} ${path} with ${operator}, ${String(value)} against ${String(never)}`, () => {
        const updates = after(line).filter(({ kind }) => kind === ruleOf(table, {}).kind);
        assert.equal(matches(table, filter(holds), updates), true, "where it holds");
        assert.equal(matches(table, filter(fails), updates), false, "where it does not");
      });
    }
  }
}

Deno.test("RuleIndex wants all conditions of a rule fulfilled", () => {
  const updates = after(device("disk:UpToDate quorum:yes"));
  const filter = { "resource-name": "web", "event-type": "Change", "volume": 0, "old": { quorum: false } };
  assert.equal(
    matches("device", { ...filter, new: { quorum: true, "disk-state": "UpToDate" } }, updates),
    true,
  );
  assert.equal(
    matches("device", { ...filter, new: { quorum: true, "disk-state": "Failed" } }, updates),
    false,
  );
  assert.equal(matches("device", { ...filter, volume: 1 }, updates), false);
});

Deno.test("RuleIndex runs rules of the update's kind only", () => {
  const tables = ["resource", "device", "peerdevice", "connection", "path", "helper"] as const;
  const lines = {
    resource: "change resource name:web role:Primary",
    device: device("disk:UpToDate"),
    peerdevice: peerDevice("peer-disk:UpToDate"),
    connection: connection("connection:Connected"),
    path: `change path name:web peer-node-id:1 conn-name:beta ${ADDRESSES} established:yes`,
    helper: "call helper name:web helper:split-brain",
  };
  for (const table of tables) {
    const fired = tables.filter((each) => matches(each, {}, after(lines[table])));
    assert.deepEqual(fired, [table]);
  }
});

Deno.test("RuleIndex gives all matching rules in the order of the file, named resources or not", () => {
  const { rules } = v.parse(UMH_SCHEMA.schema, {
    device: [
      { name: "any", command: "true" },
      { name: "web", command: "true", "resource-name": "web" },
      { name: "db", command: "true", "resource-name": "db" },
      { name: "not db", command: "true", "resource-name": { operator: "NotEquals", value: "db" } },
      { name: "both", command: "true", "resource-name": { operator: "In", value: ["db", "web"] } },
      { name: "w", command: "true", "resource-name": { operator: "Matches", value: "^w" } },
    ],
  });
  const index = new RuleIndex(rules);
  const recorded = new RecordedUpdates();
  const of = (name: string) => [
    `exists resource name:${name} ${RESOURCE}`,
    `exists device name:${name} volume:0 ${DEVICE}`,
  ];
  const updates = recorded.read(...of("web"), ...of("db"), ...of("mail"), "exists -");
  const fired = updates.map((
    update,
  ) => [update.name, update.kind, ...index.matching(update).map(({ name }) => name)]);
  assert.deepEqual(fired.filter(([, kind]) => kind === "device"), [
    ["db", "device", "any", "db", "both"],
    ["mail", "device", "any", "not db"],
    ["web", "device", "any", "web", "not db", "both", "w"],
  ]);
});

const QUIET: readonly [what: string, table: TableName, line: string][] = [
  ["why I/O is suspended", "resource", "change resource name:web suspended:quorum"],
  ["forced I/O failures", "resource", "change resource name:web force-io-failures:yes"],
  ["a backing device", "device", device("backing_dev:/dev/b")],
  ["a client that may be one", "device", device("client:unknown")],
  ["an opener that is not known", "device", device("open:unknown")],
  ["a peer's client that may be one", "peerdevice", peerDevice("peer-client:unknown")],
];

for (const [what, table, line] of QUIET) {
  Deno.test(`RuleIndex takes no notice of ${what}, as drbd-reactor does not`, () => {
    assert.equal(matches(table, {}, after(line)), false);
  });
}

Deno.test("RuleIndex takes no notice of another reason of a suspended resync, but of its end", () => {
  const recorded = new RecordedUpdates();
  recorded.read(...DUMP, peerDevice("resync-suspended:user"));
  assert.equal(matches("peerdevice", {}, recorded.read(peerDevice("resync-suspended:peer"))), false);
  assert.equal(matches("peerdevice", {}, recorded.read(peerDevice("resync-suspended:no"))), true);
});

const DEFAULTS: readonly [TableName, object, object][] = [
  ["resource", { "role": "Unknown", "may-promote": false, "promotion-score": 0 }, {
    "role": "Secondary",
    "promotion-score": 100,
  }],
  ["device", { "disk-state": "DUnknown", "client": false, "quorum": false, "size": 0, "open": false }, {
    "disk-state": "Inconsistent",
    "size": 2048,
  }],
  ["peerdevice", {
    "peer-disk-state": "DUnknown",
    "peer-client": false,
    "resync-suspended": false,
    "replication-state": "Off",
  }, { "peer-disk-state": "Outdated" }],
  ["connection", {
    "conn-name": "",
    "connection-state": "StandAlone",
    "peer-role": "Unknown",
    "congested": false,
  }, { "conn-name": "beta", "connection-state": "Connecting" }],
  ["path", { "established": false }, { "established": false }],
];

for (const [table, defaults, state] of DEFAULTS) {
  Deno.test(`RuleIndex: a ${table} that is new was drbd-reactor's defaults before`, () => {
    const exists = new RecordedUpdates().read(...DUMP);
    const created = new RecordedUpdates();
    created.read("exists -");
    const create = created.read(...DUMP.slice(0, -1).map((line) => line.replace("exists", "create")));
    for (const [type, updates] of [["Exists", exists], ["Create", create]] as const) {
      assert.equal(matches(table, { "event-type": type, old: defaults, new: state }, updates), true, type);
      for (const [field, value] of Object.entries(defaults)) {
        const filter = { old: { [field]: { operator: "NotEquals", value } } };
        assert.equal(matches(table, filter, updates), false, `${type} ${field}`);
      }
    }
  });

  Deno.test(`RuleIndex: a ${table} that is gone is drbd-reactor's defaults`, () => {
    const updates = after("destroy resource name:web");
    const name = table === "connection" ? { "conn-name": "beta" } : {};
    assert.equal(
      matches(table, { "event-type": "Destroy", old: state, new: { ...defaults, ...name } }, updates),
      true,
    );
  });
}

const UNKNOWN: readonly [what: string, TableName, filter: object, line: string][] = [
  ["a client", "device", { new: { client: false } }, device("disk:Diskless client:unknown")],
  ["an opener", "device", { new: { open: false } }, device("disk:UpToDate open:unknown")],
  [
    "a peer's client",
    "peerdevice",
    { new: { "peer-client": false } },
    peerDevice("peer-disk:Diskless peer-client:unknown"),
  ],
];

for (const [what, table, filter, line] of UNKNOWN) {
  Deno.test(`RuleIndex: ${what} that is not known counts as false`, () => {
    assert.equal(matches(table, filter, after(line)), true);
    const opposite = JSON.parse(JSON.stringify(filter).replace("false", "true"));
    assert.equal(matches(table, opposite, after(line)), false);
  });
}

const ABSENT: readonly [what: string, filter: object, line: string][] = [
  ["volume", { volume: { operator: "NotEquals", value: 5 } }, "call helper name:web helper:fence-peer"],
  [
    "peer-node-id",
    { "peer-node-id": { operator: "NotIn", value: [] } },
    "call helper name:web volume:0 helper:quorum-lost",
  ],
  [
    "conn-name",
    { "conn-name": { operator: "Matches", value: "" } },
    "call helper name:web volume:0 helper:quorum-lost",
  ],
  [
    "exit-status of a call",
    { "exit-status": { operator: "NotEquals", value: 1 } },
    "call helper name:web helper:fence-peer",
  ],
  [
    "exit-status of one that was killed",
    { "exit-status": { operator: "LessThan", value: 256 } },
    helper("helper:fence-peer status:9"),
  ],
  [
    "exit-status of one that could not be run",
    { "exit-status": { operator: "NotEquals", value: 0 } },
    helper("helper:fence-peer status:4294967294"),
  ],
];

for (const [what, filter, line] of ABSENT) {
  Deno.test(`RuleIndex: what a helper does not have, ${what}, fulfils no condition`, () => {
    assert.equal(matches("helper", {}, after(line)), true);
    assert.equal(matches("helper", filter, after(line)), false);
  });
}

Deno.test("RuleIndex: a rename is meant by the old and by the new name, and keeps the state", () => {
  const updates = after("rename resource name:web new_name:www");
  for (const name of ["web", "www"]) {
    assert.equal(matches("resource", { "resource-name": name, "event-type": "Rename" }, updates), true, name);
  }
  assert.equal(matches("resource", { "resource-name": "db" }, updates), false);
  assert.equal(
    matches("resource", { old: { role: "Secondary" }, new: { role: "Secondary" } }, updates),
    true,
  );
  assert.equal(matches("resource", { old: { role: "Unknown" } }, updates), false);
});

Deno.test("RuleIndex: a word that drbdd does not know is unlike all others", () => {
  const updates = after(device("disk:Shredded"));
  assert.equal(
    matches("device", { new: { "disk-state": { operator: "NotEquals", value: "UpToDate" } } }, updates),
    true,
  );
  assert.equal(matches("device", { new: { "disk-state": "UpToDate" } }, updates), false);
});

const SUBSCRIPTIONS: readonly [what: string, tables: object, filter: object][] = [
  ["no rules", {}, { kinds: [], resources: [] }],
  ["a rule about all resources", { device: [{ command: "true" }] }, { kinds: ["device"] }],
  ["a rule about one", { path: [{ command: "true", "resource-name": "web" }] }, {
    kinds: ["path"],
    resources: ["web"],
  }],
  ["rules about some", {
    resource: [{ command: "true", "resource-name": { operator: "In", value: ["web", "db"] } }],
    peerdevice: [{ command: "true", "resource-name": "web" }, {
      command: "true",
      "resource-name": { value: "ha" },
    }],
  }, { kinds: ["resource", "peer-device"], resources: ["web", "db", "ha"] }],
  ["rules of which one is about all", {
    helper: [{ command: "true", "resource-name": "web" }, { command: "true" }],
  }, { kinds: ["helper"] }],
  ["a rule about all but one", {
    connection: [{ command: "true", "resource-name": { operator: "NotEquals", value: "web" } }],
  }, { kinds: ["connection"] }],
  ["a rule that has to know resources again", { device: [{ command: "true", ordered: true }] }, {
    kinds: ["device", "resource"],
  }],
  ["another one", {
    device: [{ command: "true", "resource-name": "web", "debounce": 100 }, {
      command: "true",
      "resource-name": "db",
    }],
  }, { kinds: ["device", "resource"], resources: ["web", "db"] }],
  ["a pattern", {
    connection: [{ command: "true", "resource-name": { operator: "Matches", value: "^web$" } }],
  }, { kinds: ["connection"] }],
];

for (const [what, tables, filter] of SUBSCRIPTIONS) {
  Deno.test(`subscriptionFor() ${what}`, () => {
    assert.deepEqual(subscriptionFor(v.parse(UMH_SCHEMA.schema, tables).rules), filter);
  });
}
