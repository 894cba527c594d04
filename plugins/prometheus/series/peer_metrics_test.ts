/**
 * The metrics of drbd-reactor 1.11, each with the values it has for one snapshot: names, labels and units that
 * dashboards and alert rules of its users select by.
 */
import assert from "node:assert/strict";
import {
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  ROLES,
} from "../../../src/drbd/model/vocabulary.ts";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import { DUMP_END, line } from "../../../tests/support/core/events2_text.ts";
import { take } from "../../../tests/support/core/take_lines.ts";
import type { Enums } from "./row.ts";
import { SeriesText } from "./series_text.ts";

const DUMP = [
  line("exists", "resource", {
    role: "Primary",
    suspended: "user,quorum",
    "force-io-failures": "yes",
    may_promote: "no",
    promotion_score: 10203,
  }),
  line("exists", "connection", {
    connection: "Connecting",
    role: "Unknown",
    congested: "yes",
    "ap-in-flight": 3,
    "rs-in-flight": 18446744073709551614n.toString(),
  }),
  line("exists", "device", {
    volume: 2,
    minor: 7,
    disk: "Diskless",
    client: "no",
    open: "yes",
    quorum: "no",
    size: 1048576,
    read: 5,
    written: 9007199254740993n.toString(),
    "al-writes": 11,
    "bm-writes": 12,
    "upper-pending": 13,
    "lower-pending": 14,
    "al-suspended": "yes",
  }),
  line("exists", "peer-device", {
    volume: 2,
    replication: "SyncSource",
    "peer-disk": "Inconsistent",
    "resync-suspended": "user,peer",
    done: "12.34",
    received: 21,
    sent: 22,
    "out-of-sync": 23,
    dbdt1: "1.50",
    eta: 77,
  }),
  line("exists", "path", { established: "no" }),
  DUMP_END,
];

/** The series for a snapshot built from these lines of drbdsetup. */
function seriesOf(lines: readonly string[], enums: Enums = "all"): Set<string> {
  const stream = new EventStream();
  take(stream, ...lines);
  const text = [...new SeriesText(enums).of([...stream.cluster()])].map((piece) => piece.text).join("");
  const series = text.split("\n").slice(0, -1);
  assert.equal(new Set(series).size, series.length);
  return new Set(series);
}

/** A series for each word of a state, all 0 but for the present one. */
function states(name: string, labels: string, words: readonly string[], present: string): string[] {
  return words.map((word) => `${name}{${labels},${name}="${word}"} ${word === present ? 1 : 0}`);
}

const CONNECTION = 'name="web",conn_name="beta",peer_node_id="1"';
const PEER_DEVICE = `${CONNECTION},volume="2"`;
const DEVICE = 'name="web",volume="2",minor="7"';

const OF_THE_PEER: readonly string[] = [
  ...states("drbd_resource_role", 'name="web"', ROLES, "Primary"),
  'drbd_resource_suspended{name="web"} 1',
  'drbd_resource_maypromote{name="web"} 0',
  'drbd_resource_forceiofailures{name="web"} 1',
  'drbd_resource_promotionscore{name="web"} 10203',
  ...states("drbd_connection_state", CONNECTION, CONNECTION_STATES, "Connecting"),
  `drbd_connection_congested{${CONNECTION}} 1`,
  `drbd_connection_apinflight_bytes{${CONNECTION}} 1536`,
  `drbd_connection_rsinflight_bytes{${CONNECTION}} 9444732965739290426368`,
  `drbd_peerdevice_outofsync_bytes{${PEER_DEVICE}} 23552`,
  `drbd_peerdevice_sent_bytes{${PEER_DEVICE}} 22528`,
  `drbd_peerdevice_received_bytes{${PEER_DEVICE}} 21504`,
  ...states("drbd_device_state", DEVICE, DISK_STATES, "Diskless"),
  `drbd_device_client{${DEVICE}} 0`,
  `drbd_device_quorum{${DEVICE}} 0`,
  `drbd_device_open{${DEVICE}} 1`,
  `drbd_device_alsuspended{${DEVICE}} 1`,
  `drbd_device_unintentionaldiskless{${DEVICE}} 1`,
  `drbd_device_size_bytes{${DEVICE}} 1073741824`,
  `drbd_device_read_bytes_total{${DEVICE}} 5120`,
  `drbd_device_written_bytes_total{${DEVICE}} 9223372036854776832`,
  `drbd_device_alwrites_total{${DEVICE}} 11`,
  `drbd_device_bmwrites_total{${DEVICE}} 12`,
  `drbd_device_upperpending{${DEVICE}} 13`,
  `drbd_device_lowerpending{${DEVICE}} 14`,
];

const OWN: readonly string[] = [
  'drbd_resource_primary{name="web"} 1',
  `drbd_connection_connected{${CONNECTION}} 0`,
  `drbd_connection_split_brain_suspected{${CONNECTION}} 0`,
  `drbd_device_uptodate{${DEVICE}} 0`,
  'drbd_resource_suspended_reason{name="web",reason="user"} 1',
  'drbd_resource_suspended_reason{name="web",reason="no-data"} 0',
  'drbd_resource_suspended_reason{name="web",reason="fencing"} 0',
  'drbd_resource_suspended_reason{name="web",reason="quorum"} 1',
  ...states("drbd_peerdevice_disk_state", PEER_DEVICE, DISK_STATES, "Inconsistent"),
  ...states("drbd_peerdevice_replication_state", PEER_DEVICE, REPLICATION_STATES, "SyncSource"),
  `drbd_peerdevice_resync_suspended{${PEER_DEVICE}} 1`,
  `drbd_peerdevice_resync_done_ratio{${PEER_DEVICE}} 0.1234`,
  `drbd_peerdevice_resync_eta_seconds{${PEER_DEVICE}} 77`,
  `drbd_peerdevice_resync_bytes_per_second{${PEER_DEVICE}} 1572864`,
  `drbd_path_established{${CONNECTION},local="ipv4:10.0.0.1:7789",peer="ipv4:10.0.0.2:7789"} 0`,
];

const series = seriesOf(DUMP);

for (const text of OF_THE_PEER) {
  Deno.test(`the exporter shows, as drbd-reactor does, ${text}`, () => assert.ok(series.has(text)));
}

Deno.test("the exporter shows series of its own, and nothing else", () => {
  assert.deepEqual([...series].toSorted(), [...OF_THE_PEER, ...OWN].toSorted());
});

Deno.test("the exporter leaves out states unless it is asked for them, and nothing else", () => {
  const isState = (text: string) => /^([a-z_]+)\{.*,\1="/.test(text);
  assert.deepEqual([...seriesOf(DUMP, false)], [...series].filter((text) => !isState(text)));
});

Deno.test("the exporter shows, with enums = true, the states that drbd-reactor shows", () => {
  const isOfPeers = (text: string) => /^drbd_peerdevice_(disk|replication)_state\{/.test(text);
  assert.ok([...series].some(isOfPeers));
  assert.deepEqual([...seriesOf(DUMP, true)], [...series].filter((text) => !isOfPeers(text)));
});

Deno.test("the exporter has a series for a state that it does not know", () => {
  const shown = seriesOf([
    line("exists", "resource"),
    line("exists", "device", { disk: 'Str"ange' }),
    DUMP_END,
  ]);
  const of = [...shown].filter((text) => text.startsWith("drbd_device_state"));
  assert.equal(of.length, DISK_STATES.length + 1);
  assert.deepEqual(of.filter((text) => text.endsWith(" 1")), [
    'drbd_device_state{name="web",volume="0",minor="1000",drbd_device_state="Str\\"ange"} 1',
  ]);
});

Deno.test("the exporter has no series for what the kernel did not report", () => {
  const absent = {
    size: "9223372036854775807",
    read: "9223372036854775807",
    "al-writes": "18446744073709551615",
    "upper-pending": "4294967295",
    client: "unknown",
    open: "unknown",
  };
  const shown = [...seriesOf([line("exists", "resource"), line("exists", "device", absent), DUMP_END])];
  for (
    const name of ["size_bytes", "read_bytes", "alwrites", "upperpending", "client", "open", "alsuspended"]
  ) {
    assert.ok(!shown.some((text) => text.startsWith(`drbd_device_${name}`)), name);
  }
  assert.ok(shown.some((text) => text.startsWith("drbd_device_written_bytes_total")));
});

Deno.test("the exporter shows no progress where there is none, and no estimate where nothing moves", () => {
  const resource = [line("exists", "resource"), line("exists", "connection")];
  const progress = (values: Record<string, string>) =>
    [...seriesOf([...resource, line("exists", "peer-device", values), DUMP_END])]
      .filter((text) => /resync_(done|eta|bytes)/.test(text)).map((text) => text.replace(/\{.*\}/, ""));
  assert.deepEqual(progress({}), []);
  assert.deepEqual(progress({ done: "57.89", dbdt1: "-0.33", eta: "nan" }), [
    "drbd_peerdevice_resync_done_ratio 0.5789",
    "drbd_peerdevice_resync_bytes_per_second -346030",
  ]);
});

const DISKLESS: readonly { client: string; want: number }[] = [
  { client: "no", want: 1 },
  { client: "yes", want: 0 },
  { client: "unknown", want: 1 },
];

for (const { client, want } of DISKLESS) {
  Deno.test(`a diskless device with client:${client} counts as unintentionally diskless: ${want}`, () => {
    const device = line("exists", "device", { disk: "Diskless", client });
    const shown = seriesOf([line("exists", "resource"), device, DUMP_END]);
    assert.ok(
      shown.has(`drbd_device_unintentionaldiskless{name="web",volume="0",minor="1000"} ${want}`),
    );
  });
}

/** Values of the series of `name`, by the state that the one object of a kind has, with states left out. */
function valueIn(object: "resource" | "connection" | "device", values: Record<string, string>, name: string) {
  const lines = object === "resource" ? [] : [line("exists", "resource")];
  const shown = seriesOf([...lines, line("exists", object, values), DUMP_END], false);
  return [...shown].filter((text) => text.startsWith(`${name}{`)).map((text) => text.replace(/^.*\} /, ""));
}

Deno.test("the exporter shows, without states, where a resource is Primary", () => {
  const shown = ROLES.filter((role) => valueIn("resource", { role }, "drbd_resource_primary")[0] === "1");
  assert.deepEqual(shown, ["Primary"]);
  assert.deepEqual(valueIn("resource", { role: "Secondary" }, "drbd_resource_primary"), ["0"]);
});

Deno.test("the exporter shows, without states, whether a connection is Connected, and a suspected split brain", () => {
  const of = (name: string) =>
    CONNECTION_STATES.filter((connection) => valueIn("connection", { connection }, name)[0] === "1");
  assert.deepEqual(of("drbd_connection_connected"), ["Connected"]);
  assert.deepEqual(of("drbd_connection_split_brain_suspected"), ["StandAlone"]);
  for (const name of ["drbd_connection_connected", "drbd_connection_split_brain_suspected"]) {
    assert.deepEqual(valueIn("connection", { connection: "Timeout" }, name), ["0"]);
  }
});

Deno.test("the exporter shows, without states, whether the local disk is UpToDate", () => {
  const shown = DISK_STATES.filter((disk) => valueIn("device", { disk }, "drbd_device_uptodate")[0] === "1");
  assert.deepEqual(shown, ["UpToDate"]);
  const diskless = (client: string) =>
    valueIn("device", { disk: "Diskless", client }, "drbd_device_uptodate");
  assert.deepEqual([diskless("no"), diskless("unknown"), diskless("yes")], [["0"], ["0"], []]);
});
