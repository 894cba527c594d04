import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { isExact, parsed, withoutIsWhole } from "../../../tests/support/core/parsing.ts";
import type { StateEvent, StateObject } from "./event.ts";
import { parseBlocks, parseLine } from "./parse_line.ts";

function stateEvent(values: Omit<StateEvent, "blocked"> & Partial<Pick<StateEvent, "blocked">>): StateEvent {
  return { blocked: undefined, ...values };
}

const PLACES = "local:ipv4:10.0.0.1:7789 peer:ipv4:10.0.0.2:7789";
/** What the lines of `line()` say of each object. */
const SAID: Record<StateObject, Omit<StateEvent, "verb" | "object" | "blocked">> = {
  "resource": {
    identity: "web",
    state: "role:Secondary suspended:no force-io-failures:no write-ordering:flush may_promote:yes " +
      "promotion_score:10102",
    statistics: "",
  },
  "device": {
    identity: "web volume:0",
    state: "minor:1000 backing_dev:/dev/vg0/web disk:UpToDate client:no open:no quorum:yes size:1048576",
    statistics: "read:0 written:0 al-writes:0 bm-writes:0 upper-pending:0 lower-pending:0 al-suspended:no",
  },
  "connection": {
    identity: "web peer-node-id:1",
    state: "conn-name:beta connection:Connected role:Secondary congested:no",
    statistics: "ap-in-flight:0 rs-in-flight:0",
  },
  "peer-device": {
    identity: "web peer-node-id:1 conn-name:beta volume:0",
    state: "replication:Established peer-disk:UpToDate peer-client:no resync-suspended:no",
    statistics: "received:0 sent:0 out-of-sync:0 pending:0 unacked:0",
  },
  "path": {
    identity: `web peer-node-id:1 conn-name:beta ${PLACES}`,
    state: "established:yes",
    statistics: "",
  },
};
const OBJECTS = Object.keys(SAID) as StateObject[];

for (const object of OBJECTS) {
  for (const verb of ["exists", "create", "change"] as const) {
    Deno.test(`parseLine() takes ${verb} ${object} the exact way`, () => {
      assert.ok(isExact(line(verb, object)));
      assert.deepEqual(parsed(line(verb, object)), {
        line: stateEvent({ object, verb, ...SAID[object] }),
        unknownParts: [],
      });
    });
  }

  Deno.test(`parseLine() takes destroy ${object}, which says who it is only`, () => {
    const { identity } = SAID[object];
    const state = object === "connection" ? "conn-name:beta" : "";
    assert.deepEqual(parsed(line("destroy", object)), {
      line: stateEvent({ object, verb: "destroy", identity, state, statistics: "" }),
      unknownParts: [],
    });
  });
}

interface Row {
  readonly name: string;
  readonly line: string;
  /** Goes the exact way; otherwise only the tolerant one takes it. */
  readonly exact: boolean;
  readonly want: Partial<StateEvent>;
}

const KEPT: Row[] = [
  {
    name: "colons in addresses",
    line: line("change", "path", {
      local: "ipv6:[fe80::1%lo]:7000",
      peer: "ipv6:[::ffff:10.0.0.1]:7002",
      established: "no",
    }),
    exact: true,
    want: {
      identity:
        "web peer-node-id:1 conn-name:beta local:ipv6:[fe80::1%lo]:7000 peer:ipv6:[::ffff:10.0.0.1]:7002",
      state: "established:no",
    },
  },
  {
    name: "an empty conn-name of a peer-device",
    line: line("change", "peer-device", { "conn-name": "" }),
    exact: true,
    want: { identity: "web peer-node-id:1 conn-name: volume:0" },
  },
  {
    name: "an empty conn-name of a connection",
    line: line("change", "connection", { "conn-name": "" }),
    exact: true,
    want: { state: "conn-name: connection:Connected role:Secondary congested:no" },
  },
  {
    name: "colons and equals signs in names",
    line: line("change", "connection", { name: "a:b=c", "conn-name": "x:y=z" }),
    exact: true,
    want: {
      identity: "a:b=c peer-node-id:1",
      state: "conn-name:x:y=z connection:Connected role:Secondary congested:no",
    },
  },
  {
    name: "names of UTF-8 and quotes",
    line: line("change", "resource", { name: `Müller"'€` }),
    exact: true,
    want: { identity: `Müller"'€` },
  },
  {
    name: "a name like a key",
    line: line("change", "device", { name: "volume:1" }),
    exact: true,
    want: { identity: "volume:1 volume:0" },
  },
  {
    name: "colons in a backing device",
    line: line("change", "device", { backing_dev: "/dev/disk/by-path/pci-0000:00:1f.2" }),
    exact: true,
    want: {
      state: "minor:1000 backing_dev:/dev/disk/by-path/pci-0000:00:1f.2 disk:UpToDate client:no open:no " +
        "quorum:yes size:1048576",
    },
  },
  {
    name: "blanks in a backing device",
    line: line("change", "device", { backing_dev: "/dev/my  disk 1" }),
    exact: false,
    want: {
      state: "minor:1000 backing_dev:/dev/my  disk 1 disk:UpToDate client:no open:no quorum:yes size:1048576",
    },
  },
  {
    name: "where requests wait",
    line: line("change", "device", { blocked: "upper,lower" }),
    exact: true,
    want: { blocked: "upper,lower" },
  },
  {
    name: "several reasons of suspension",
    line: line("change", "resource", { suspended: "user,no-data,fencing,quorum" }),
    exact: true,
    want: {
      state:
        "role:Secondary suspended:user,no-data,fencing,quorum force-io-failures:no write-ordering:flush " +
        "may_promote:yes promotion_score:10102",
    },
  },
  {
    name: "the absence of write-ordering",
    line: line("change", "resource", { "write-ordering": undefined }),
    exact: true,
    want: {
      state: "role:Secondary suspended:no force-io-failures:no may_promote:yes promotion_score:10102",
    },
  },
  {
    name: "the absence of in-flight counters",
    line: line("change", "connection", { "ap-in-flight": undefined, "rs-in-flight": undefined }),
    exact: true,
    want: { statistics: "" },
  },
  {
    name: "the progress of a resync",
    line: line("change", "peer-device", { done: "55.56", dbdt1: "20.00", eta: 11 }),
    exact: true,
    want: {
      statistics: "done:55.56 received:0 sent:0 out-of-sync:0 pending:0 unacked:0 dbdt1:20.00 eta:11",
    },
  },
  {
    name: "a resync that goes backwards without an end in sight",
    line: line("change", "peer-device", { done: "0.00", dbdt1: "-3.25", eta: "nan" }),
    exact: true,
    want: {
      statistics: "done:0.00 received:0 sent:0 out-of-sync:0 pending:0 unacked:0 dbdt1:-3.25 eta:nan",
    },
  },
  {
    name: "a resync with more out of sync than at its start",
    line: line("change", "peer-device", { done: "-0.01", dbdt1: "0.00", eta: 0 }),
    exact: true,
    want: {
      statistics: "done:-0.01 received:0 sent:0 out-of-sync:0 pending:0 unacked:0 dbdt1:0.00 eta:0",
    },
  },
  {
    name: "progress without statistics",
    line: "change peer-device name:web peer-node-id:1 conn-name:beta volume:0 done:12.00",
    exact: false,
    want: { state: "", statistics: "done:12.00" },
  },
  {
    name: "the verbose block of a resync",
    line: "change peer-device name:web peer-node-id:1 conn-name:beta volume:0 done:1.00 received:1 sent:2 " +
      "out-of-sync:3 pending:4 unacked:5 rs-total:6 rs-dt-start-ms:7 rs-paused-ms:-8 rs-dt0-ms:9 " +
      "rs-db0-sectors:10 rs-dt1-ms:11 rs-db1-sectors:12 rs-failed:13 rs-same-csum:14 want:15.00 dbdt:16.00 " +
      "dbdt0:17.00 dbdt1:18.00 eta:19",
    exact: false,
    want: {
      state: "",
      statistics:
        "done:1.00 received:1 sent:2 out-of-sync:3 pending:4 unacked:5 rs-total:6 rs-dt-start-ms:7 " +
        "rs-paused-ms:-8 rs-dt0-ms:9 rs-db0-sectors:10 rs-dt1-ms:11 rs-db1-sectors:12 rs-failed:13 " +
        "rs-same-csum:14 want:15.00 dbdt:16.00 dbdt0:17.00 dbdt1:18.00 eta:19",
    },
  },
  {
    name: "counters of 64 bit",
    line: line("change", "device", { size: "9223372036854775807", read: "18446744073709551615" }),
    exact: true,
    want: {
      state: "minor:1000 backing_dev:/dev/vg0/web disk:UpToDate client:no open:no quorum:yes " +
        "size:9223372036854775807",
      statistics:
        "read:18446744073709551615 written:0 al-writes:0 bm-writes:0 upper-pending:0 lower-pending:0 " +
        "al-suspended:no",
    },
  },
  {
    name: "the order of printing when keys come in another one",
    line: "change path established:no peer:b local:a conn-name:beta peer-node-id:1 name:web",
    exact: false,
    want: { identity: "web peer-node-id:1 conn-name:beta local:a peer:b", state: "established:no" },
  },
  {
    name: "what comes after a timestamp",
    line: `2026-11-23T01:38:55.355353-03:30 ${line("change", "resource")}`,
    exact: false,
    want: { object: "resource", verb: "change", ...SAID.resource },
  },
  {
    name: "lines that say what changed only",
    line: "change device name:web volume:0 minor:1000 disk:Failed",
    exact: false,
    want: { state: "minor:1000 disk:Failed", statistics: "", blocked: undefined },
  },
  {
    name: "numbers with leading zeros as they are",
    line: line("change", "device", { volume: "00", minor: "007" }),
    exact: true,
    want: { identity: "web volume:00" },
  },
];

for (const { name, line, exact, want } of KEPT) {
  Deno.test(`parseLine() keeps ${name}`, () => {
    assert.equal(isExact(line), exact);
    const { line: event, unknownParts } = parsed(line);
    assert.deepEqual({ ...event, ...want }, event);
    assert.deepEqual(unknownParts, []);
  });
}

Deno.test("parseLine() takes the end of a dump", () => {
  assert.deepEqual(parsed(DUMP_END).line, { object: "dump" });
  assert.deepEqual(parsed("2026-11-23T01:38:55.355353+05:30 exists -").line, { object: "dump" });
});

Deno.test("parseLine() takes a rename", () => {
  assert.deepEqual(parsed("rename resource name:a:1 new_name:b:2").line, {
    object: "rename",
    name: "a:1",
    newName: "b:2",
  });
});

const HELPER = {
  object: "helper",
  name: "web",
  helper: "fence-peer",
  peerNodeId: undefined,
  connName: undefined,
  volume: undefined,
  minor: undefined,
  status: undefined,
};
const HELPERS: { name: string; line: string; want: unknown }[] = [
  {
    name: "the call of a helper about a peer",
    line: "call helper name:web peer-node-id:0 conn-name:alpha helper:fence-peer",
    want: { ...HELPER, verb: "call", peerNodeId: 0, connName: "alpha" },
  },
  {
    name: "the answer of a helper about a device",
    line: "response helper name:web volume:1 minor:1001 helper:quorum-lost status:1792",
    want: { ...HELPER, verb: "response", helper: "quorum-lost", volume: 1, minor: 1001, status: 1792 },
  },
  {
    name: "the answer of a helper about a device of a peer",
    line: "response helper name:web peer-node-id:2 conn-name:c volume:0 minor:9 helper:split-brain " +
      "status:4294967294",
    want: {
      ...HELPER,
      verb: "response",
      helper: "split-brain",
      peerNodeId: 2,
      connName: "c",
      volume: 0,
      minor: 9,
      status: 4294967294,
    },
  },
  {
    name: "a helper with addresses and an odd status",
    line: "response helper name:web local:ipv4:1.2.3.4:5 peer:ipv4:1.2.3.5:5 helper:fence-peer status:-1",
    want: { ...HELPER, verb: "response" },
  },
];

for (const { name, line, want } of HELPERS) {
  Deno.test(`parseLine() takes ${name}`, () =>
    assert.deepEqual(parsed(line), { line: want, unknownParts: [] }));
}

Deno.test("parseLine() rejects nothing at all", () => {
  assert.deepEqual(parseLine(""), { object: "rejected", reason: "it is empty", line: "" });
});

Deno.test("parseBlocks() takes the lines of all blocks in order and passes over empty ones", () => {
  const blocks = [`\n${line("change", "device")}\n\nprose\n`, "\n", `${DUMP_END}\n`];
  const [device, prose, ...rest] = parseBlocks(blocks);
  assert.deepEqual(device, parseLine(line("change", "device")));
  assert.deepEqual(prose, {
    object: "rejected",
    reason: "it does not begin with a verb of events2",
    line: "prose",
  });
  assert.deepEqual(rest, [{ object: "dump" }]);
});

Deno.test("parseLine() knows of a line read the exact way, and of no other, that it says all of a state", () => {
  const isWhole = (text: string) => "isWhole" in parseLine(text);
  for (const object of OBJECTS) {
    assert.ok(isWhole(line("change", object)));
    assert.ok(!isWhole(line("destroy", object)));
  }
  assert.ok(!isWhole(line("change", "device", { disk: "Odd" })));
  assert.ok(!isWhole("change device name:web volume:0 disk:Failed"));
});

Deno.test("parseBlocks() takes a last line that has no newline", () => {
  for (const text of [line("change", "device"), DUMP_END, "prose"]) {
    const last = withoutIsWhole(parseLine(text));
    assert.deepEqual(parseBlocks([`${DUMP_END}\n${text}`]), [{ object: "dump" }, last]);
  }
});

Deno.test("parseBlocks() finds the same in a block as in each line of it", () => {
  const lines = [...dumpOf("web"), DUMP_END, "prose", line("change", "device", { disk: "?" }), "x", "change"];
  assert.deepEqual(parseBlocks([lines.join("\n") + "\n"]), lines.map((text) => parseLine(text)));
});
