/** The SNMP subagent with Debian's snmpd, as real processes. */
import assert from "node:assert/strict";
import { dump, role, statistics } from "../../scripts/bench/parts/scrape_lines.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";
import { requires } from "./require.ts";
import { type MasterSocket, Snmpd, type Walked } from "./servers/snmpd.ts";
import { until } from "./servers/until.ts";

const ROOT = ".1.3.6.1.4.1.23302";
const ENTRY = "1.3.6.1.4.1.23302.1.2.1";
const META = "1.3.6.1.4.1.23302.1.1";
const HUNDRED = { resources: 100, volumes: 2, peers: 2 };
const TWENTY = { ...HUNDRED, resources: 20 };
const DRBDADM = "echo DRBD_KERNEL_VERSION_CODE=0x09020e; echo DRBDADM_VERSION_CODE=0x092200";

/** What belongs to one volume of a resource, as drbdsetup printed it. */
interface Volume {
  readonly resource: Record<string, string>;
  readonly device: Record<string, string>;
  readonly peers: Record<string, string>[];
}

/** A reading of its own: the last line of each object, in words. Keys and numbers as in the MIB. */
function expectedOf(lines: readonly string[]): Map<string, string> {
  const said = lines.map((line) => line.split(" ")).filter((words) => words.length > 2).map((words) => ({
    object: words[1],
    pairs: Object.fromEntries(
      words.slice(2).map((word) => {
        const colon = word.indexOf(":");
        return [word.slice(0, colon), word.slice(colon + 1)];
      }),
    ) as Record<string, string>,
  }));
  const last = (object: string, like: (pairs: Record<string, string>) => string) =>
    new Map(said.filter((each) => each.object === object).map(({ pairs }) => [like(pairs), pairs]));
  const resources = last("resource", ({ name }) => name ?? "");
  const peers = [
    ...last("peer-device", ({ name, volume, ...rest }) => `${name} ${volume} ${rest["peer-node-id"]}`)
      .values(),
  ];
  const expected = new Map([
    [`${META}.1`, "9.2.14"],
    [`${META}.1.0`, "9.2.14"],
    [`${META}.2`, "9.34.0"],
    [`${META}.2.0`, "9.34.0"],
  ]);
  for (const device of last("device", ({ minor }) => minor ?? "").values()) {
    const { name = "", volume, minor } = device;
    const own = peers.filter((peer) => peer["name"] === name && peer["volume"] === volume);
    valuesOf({ resource: resources.get(name) ?? {}, device, peers: own }).forEach((value, place) => {
      expected.set(`${ENTRY}.${place + 1}.${minor}`, value);
    });
  }
  return expected;
}

/** The columns from 1 to 49, as snmpwalk prints them. */
function valuesOf({ resource, device, peers }: Volume): string[] {
  const truth = (text: string | undefined) => text === "yes" ? "1" : "2";
  const of = (table: Record<string, string>, ...keys: string[]) => keys.map((key) => table[key] ?? "");
  const count = (key: string, words: string) =>
    words.split(" ").map((word) => String(peers.filter((peer) => peer[key] === word).length));
  return [
    ...of(device, "minor"),
    ...of(resource, "name", "role"),
    ...[resource["suspended"] === "no" ? "2" : "1", ...of(resource, "write-ordering")],
    ...[truth(resource["force-io-failures"]), truth(resource["may_promote"])],
    ...of(resource, "promotion_score"),
    ...of(device, "volume", "disk", "backing_dev"),
    ...[truth(device["client"]), truth(device["quorum"])],
    ...[...of(device, "size"), "1024"],
    ...of(device, "read", "written", "al-writes", "bm-writes", "upper-pending", "lower-pending"),
    ...[truth(device["al-suspended"]), ...of(device, "blocked")],
    String(peers.length),
    ...count(
      "peer-disk",
      "Diskless Attaching Detaching Failed Negotiating Inconsistent Outdated DUnknown Consistent UpToDate",
    ),
    ...count(
      "replication",
      "Off Established StartingSyncS StartingSyncT WFBitMapS WFBitMapT WFSyncUUID SyncSource SyncTarget VerifyS " +
        "VerifyT PausedSyncS PausedSyncT Ahead Behind",
    ),
  ];
}

const linesOf = (text: string) => text.trimEnd().split("\n");

/** A daemon below an snmpd; values are as old as `cacheMaxS` at most. */
async function daemonBelow(snmpd: Snmpd, lines: readonly string[], cacheMaxS: number): Promise<LiveDaemon> {
  const config = `[[api]]\naddress = "127.0.0.1:0"\n[[agentx]]\naddress = "${snmpd.address}"\n` +
    `cache-max = ${cacheMaxS}\n`;
  const daemon = await LiveDaemon.start(lines, { config, programs: { drbdadm: DRBDADM } });
  await daemon.known();
  await daemon.process.said(/Connected to the SNMP master agent/);
  return daemon;
}

function sorted(walked: Walked | Map<string, string>): [string, string][] {
  return [...walked].sort(([a], [b]) => a < b ? -1 : 1);
}

for (const socket of ["tcp", "unix"] satisfies MasterSocket[]) {
  Deno.test(requires(["snmpd", "snmpwalk"], {
    name: `a walk over ${socket} shows the state of a hundred resources exactly`,
    async fn() {
      await using snmpd = await Snmpd.prepare(socket);
      await snmpd.start();
      const lines = linesOf(dump(HUNDRED));
      await using _daemon = await daemonBelow(snmpd, lines, 60);
      const expected = expectedOf(lines);
      assert.equal(expected.size, 200 * 49 + 4);
      for (const program of ["snmpwalk", "snmpbulkwalk"] as const) {
        assert.deepEqual(sorted(await snmpd.walk(ROOT, program)), sorted(expected), program);
      }
    },
  }));
}

Deno.test(requires(["snmpd", "snmpwalk"], {
  name: "a walk while the state changes shows one snapshot throughout; the next one shows the new state",
  async fn() {
    await using snmpd = await Snmpd.prepare();
    await snmpd.start();
    const lines = linesOf(dump(TWENTY));
    await using daemon = await daemonBelow(snmpd, lines, 0);
    const snapshots = [expectedOf(lines)];
    const walks: Walked[] = [];
    let isOver = false;
    const walking = (async () => {
      while (!isOver) walks.push(await snmpd.walk(ROOT, "snmpwalk"));
    })();
    for (let run = 0; run < 10; run++) {
      const more = linesOf(statistics(TWENTY, run) + role(TWENTY, run));
      lines.push(...more);
      snapshots.push(expectedOf(lines));
      await daemon.print(...more);
      const seen = walks.length;
      await until(() => walks.length > seen, "a walk to end");
    }
    isOver = true;
    await walking;
    const known = new Set(snapshots.map((snapshot) => JSON.stringify(sorted(snapshot))));
    // A batch can be read in several pieces: then there are snapshots between, each of some first lines.
    const isSnapshot = (walk: string) =>
      known.has(walk) ||
      lines.some((_, count) => JSON.stringify(sorted(expectedOf(lines.slice(0, count)))) === walk);
    for (const walk of walks) {
      assert.ok(isSnapshot(JSON.stringify(sorted(walk))), "a walk of mixed snapshots");
    }
    assert.deepEqual(sorted(await snmpd.walk(ROOT, "snmpwalk")), sorted(expectedOf(lines)));
  },
}));

Deno.test(requires(["snmpd", "snmpwalk"], {
  name: "snmpd comes late, goes and comes again: the subagent finds it each time, and says so once",
  async fn() {
    await using snmpd = await Snmpd.prepare("unix");
    const lines = linesOf(dump({ resources: 3, volumes: 1, peers: 2 }));
    const config =
      `[[api]]\naddress = "127.0.0.1:0"\n[[agentx]]\naddress = "${snmpd.address}"\ncache-max = 0\n`;
    await using daemon = await LiveDaemon.start(lines, { config, programs: { drbdadm: DRBDADM } });
    await daemon.known();
    await daemon.process.said(/Cannot reach the SNMP master agent at \S+: .*; retrying/);
    for (const signal of ["SIGTERM", "SIGKILL", "SIGTERM"] as const) {
      const from = daemon.process.lines.length;
      await snmpd.start();
      await daemon.process.said(/Connected to the SNMP master agent/, from);
      await until(async () => (await snmpd.walk(ROOT)).size === 3 * 49 + 4, "the whole subtree");
      assert.deepEqual(sorted(await snmpd.walk(ROOT)), sorted(expectedOf(lines)));
      await snmpd.stop(signal);
      await daemon.process.said(/Lost the SNMP master agent at \S+: /, from);
    }
    assert.equal(daemon.process.matching(/Cannot reach the SNMP master agent/).length, 1);
    assert.equal(daemon.process.matching(/Lost the SNMP master agent/).length, 3);
  },
}));

Deno.test(requires(["snmpd", "snmpwalk"], {
  name: "counters beyond 2^53 are exact, and sizes have the units they need",
  async fn() {
    await using snmpd = await Snmpd.prepare();
    await snmpd.start();
    const lines = linesOf(dump({ resources: 1, volumes: 1, peers: 1 }))
      .map((line) =>
        line.replace(/ read:\d+ written:\d+/, " read:9007199254740993 written:18446744073709551614")
          .replace(/ size:\d+/, " size:4398046511104")
      );
    await using _daemon = await daemonBelow(snmpd, lines, 60);
    const values = await snmpd.walk(ROOT);
    const column = (number: number) => values.get(`${ENTRY}.${number}.0`);
    assert.deepEqual([column(16), column(17)], ["9007199254740993", "18446744073709551614"]);
    assert.equal(Number(column(14)) * Number(column(15)), 4398046511104 * 1024);
  },
}));

Deno.test(requires(["snmpd", "snmpwalk"], {
  name: "nothing can be set by SNMP, and what is not there is not there",
  async fn() {
    await using snmpd = await Snmpd.prepare();
    await snmpd.start();
    const lines = linesOf(dump({ resources: 1, volumes: 1, peers: 1 }));
    await using _daemon = await daemonBelow(snmpd, lines, 60);
    assert.match(
      await snmpd.set(`${ROOT}.1.2.1.3.0`, "s", "Primary"),
      /noAccess|notWritable|noCreation|authorizationError/,
    );
    assert.match(await snmpd.get(`${ROOT}.1.2.1.3.1`), /No Such Instance/);
    assert.match(await snmpd.get(`${ROOT}.1.2.1.50.0`), /No Such Object|No Such Instance/);
    assert.equal((await snmpd.walk(ROOT)).get(`${ENTRY}.3.0`), "Secondary");
  },
}));
