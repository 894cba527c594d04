/** The lines of a stream for benchmarks: the initial state and its changes. */
import {
  CONNECTION_STATES,
  DISK_STATES,
  RESYNC_SUSPEND_REASONS,
  ROLES,
  SUSPEND_REASONS,
} from "../../src/drbd/model/vocabulary.ts";
import type { Random } from "../../tests/simulation/model/random.ts";

export interface StreamOptions {
  readonly resources: number;
  readonly peers: number;
  readonly volumes: number;
  readonly changes: number;
  readonly seed: number;
  /** How many of the changes are more than counters, 0 to 1. */
  readonly stateFraction: number;
  /** Whether the stream ends with the line of SENTINEL. */
  readonly sentinel: boolean;
}

export const SENTINEL = "change resource name:SENTINEL role:Primary suspended:no force-io-failures:no " +
  "write-ordering:flush may_promote:no promotion_score:10101";

/** Shares of the changes that are a resource's, a device's, a connection's; the rest are peer-devices'. */
const SHARES = [0.2, 0.3, 0.2] as const;
const MOST_COUNTED = 10_000_000;
const MOST_KIB_AT_ONCE = 4096;
const FIRST_MINOR = 1000;
const SIZES_KIB = [1, 10, 100].map((gib) => gib * 1024 * 1024);
const SYNCING: ReadonlySet<string> = new Set(["SyncSource", "SyncTarget", "PausedSyncS", "PausedSyncT"]);
/** Those that take turns; with the share of resyncs that a busy cluster has. */
const REPLICATIONS = ["Established", "Off", "SyncSource", "SyncTarget", "PausedSyncS", "WFBitMapS"];
const PEER_DISKS = DISK_STATES.filter((state) => state !== "Negotiating");
const LOCAL_DISKS = DISK_STATES.filter((state) => state !== "DUnknown");
const REASONS = reasonsOf(SUSPEND_REASONS);
const RESYNC_REASONS = reasonsOf(RESYNC_SUSPEND_REASONS.filter((reason) => reason !== "max-parallel"));
const SCORES = [0, 1, 101, 10_001, 10_101, 10_102, 10_103, 10_203];

/** None, each, and the first two together. */
function reasonsOf(words: readonly string[]): string[] {
  return ["no", ...words, words.slice(0, 2).join(",")];
}

function yesNo(value: boolean): "yes" | "no" {
  return value ? "yes" : "no";
}

/** Something that is in the stream and can change. */
abstract class Thing {
  /** Everything after the verb. */
  abstract text(): string;
  /** Something more than a counter changes. */
  abstract changeState(random: Random): void;
  /** Counters move. */
  abstract count(random: Random): void;
  /** What is printed once only when it changed. */
  extra(): string {
    return "";
  }
}

class ResourceThing extends Thing {
  role: string = "Secondary";
  suspended = "no";
  writeOrdering = "flush";
  mayPromote = true;
  score = 10_103;

  constructor(readonly name: string) {
    super();
  }

  text(): string {
    return `resource name:${this.name} role:${this.role} suspended:${this.suspended} force-io-failures:no ` +
      `write-ordering:${this.writeOrdering} may_promote:${
        yesNo(this.mayPromote)
      } promotion_score:${this.score}`;
  }

  changeState(random: Random): void {
    const what = random.between(0, 2);
    if (what === 0) this.role = another(random, ROLES.slice(1), this.role);
    else if (what === 1) this.mayPromote = !this.mayPromote;
    else this.score = another(random, SCORES, this.score);
  }

  count(random: Random): void {
    if (random.chance(0.5)) {
      this.writeOrdering = another(random, ["none", "drain", "flush"], this.writeOrdering);
    } else this.suspended = another(random, REASONS, this.suspended);
  }
}

class DeviceThing extends Thing {
  disk: string = "UpToDate";
  open = false;
  quorum = true;
  blocked = "no";
  #printedBlocked = "";
  readonly counters: [number, number, number, number];
  pending: [number, number] = [0, 0];

  constructor(
    readonly name: string,
    readonly volume: number,
    readonly minor: number,
    readonly sizeKib: number,
    random: Random,
  ) {
    super();
    const any = () => random.between(0, MOST_COUNTED);
    this.counters = [any(), any(), any(), any()];
  }

  text(): string {
    const [read, written, alWrites, bmWrites] = this.counters;
    const backing = this.disk === "Diskless" ? "none" : `/dev/vg_drbd/${this.name}_${this.volume}`;
    return `device name:${this.name} volume:${this.volume} minor:${this.minor} backing_dev:${backing} ` +
      `disk:${this.disk} client:no open:${yesNo(this.open)} quorum:${
        yesNo(this.quorum)
      } size:${this.sizeKib} ` +
      `read:${read} written:${written} al-writes:${alWrites} bm-writes:${bmWrites} ` +
      `upper-pending:${this.pending[0]} lower-pending:${this.pending[1]} al-suspended:no`;
  }

  override extra(): string {
    if (this.blocked === this.#printedBlocked) return "";
    this.#printedBlocked = this.blocked;
    return ` blocked:${this.blocked}`;
  }

  changeState(random: Random): void {
    const what = random.between(0, 2);
    if (what === 0) this.disk = another(random, LOCAL_DISKS, this.disk);
    else if (what === 1) this.quorum = !this.quorum;
    else this.open = !this.open;
  }

  count(random: Random): void {
    this.counters[0] += random.between(0, MOST_KIB_AT_ONCE);
    this.counters[1] += random.between(0, MOST_KIB_AT_ONCE);
    this.counters[2] += random.between(0, 3);
    this.counters[3] += random.between(0, 1);
    this.pending = [random.between(0, 31), random.between(0, 31)];
    if (random.chance(0.05)) this.blocked = another(random, ["no", "upper", "lower"], this.blocked);
  }
}

class ConnectionThing extends Thing {
  state: string = "Connected";
  role: string = "Secondary";
  congested = false;
  inFlight: [number, number] = [0, 0];

  constructor(readonly name: string, readonly peerNodeId: number) {
    super();
  }

  get identity(): string {
    return `name:${this.name} peer-node-id:${this.peerNodeId} conn-name:node-${this.peerNodeId}`;
  }

  text(): string {
    return `connection ${this.identity} connection:${this.state} role:${this.role} ` +
      `congested:${yesNo(this.congested)} ap-in-flight:${this.inFlight[0]} rs-in-flight:${this.inFlight[1]}`;
  }

  changeState(random: Random): void {
    const what = random.between(0, 2);
    if (what === 0) this.state = another(random, CONNECTION_STATES, this.state);
    else if (what === 1) this.role = another(random, ROLES, this.role);
    else this.congested = !this.congested;
  }

  count(random: Random): void {
    this.inFlight = [8 * random.between(0, 511), 8 * random.between(0, 511)];
  }
}

class PeerDeviceThing extends Thing {
  replication: string = "Established";
  peerDisk: string = "UpToDate";
  suspended = "no";
  done = 0;
  rate = 0;
  etaS = 0;
  counters: [number, number, number, number, number] = [0, 0, 0, 0, 0];

  constructor(readonly connection: ConnectionThing, readonly volume: number) {
    super();
  }

  text(): string {
    const [received, sent, outOfSync, pending, unacked] = this.counters;
    const syncs = SYNCING.has(this.replication);
    return `peer-device ${this.connection.identity} volume:${this.volume} replication:${this.replication} ` +
      `peer-disk:${this.peerDisk} peer-client:no resync-suspended:${this.suspended}` +
      (syncs ? ` done:${this.done.toFixed(2)}` : "") +
      ` received:${received} sent:${sent} out-of-sync:${outOfSync} pending:${pending} unacked:${unacked}` +
      (syncs ? ` dbdt1:${this.rate.toFixed(2)} eta:${this.etaS}` : "");
  }

  changeState(random: Random): void {
    const what = random.between(0, 2);
    if (what === 0) this.replication = another(random, REPLICATIONS, this.replication);
    else if (what === 1) this.peerDisk = another(random, PEER_DISKS, this.peerDisk);
    else this.suspended = another(random, RESYNC_REASONS, this.suspended);
    this.done = 100 * random.next();
    this.rate = 900 * random.next();
    this.etaS = random.between(0, 5000);
  }

  count(random: Random): void {
    this.counters[0] += random.between(0, MOST_KIB_AT_ONCE);
    this.counters[1] += random.between(0, MOST_KIB_AT_ONCE);
    this.counters[2] = random.between(0, 100_000);
    this.counters[3] = random.between(0, 63);
    this.counters[4] = random.between(0, 63);
  }
}

/** One of the words, but not this one. */
function another<Item>(random: Random, items: readonly Item[], present: Item): Item {
  for (;;) {
    const item = random.pick(items);
    if (item !== present) return item;
  }
}

/** All lines of a stream, one by one. */
export function* streamLines(options: StreamOptions, random: Random): Generator<string> {
  const kinds: [ResourceThing[], DeviceThing[], ConnectionThing[], PeerDeviceThing[]] = [[], [], [], []];
  const [resources, devices, connections, peerDevices] = kinds;
  const exists = (thing: Thing) => `exists ${thing.text()}${thing.extra()}`;
  for (let place = 0; place < options.resources; place++) {
    const resource = new ResourceThing(`res-${String(place).padStart(5, "0")}`);
    const { name } = resource;
    const peers = count(options.peers).map((peer) => new ConnectionThing(name, peer + 1));
    const volumes = count(options.volumes).map((volume) =>
      new DeviceThing(name, volume, FIRST_MINOR + devices.length + volume, random.pick(SIZES_KIB), random)
    );
    resources.push(resource);
    connections.push(...peers);
    devices.push(...volumes);
    yield exists(resource);
    yield* peers.map(exists);
    yield* volumes.map(exists);
    for (const peer of peers) {
      const copies = volumes.map(({ volume }) => new PeerDeviceThing(peer, volume));
      peerDevices.push(...copies);
      yield* copies.map(exists);
      const port = 7000 + place;
      yield `exists path ${peer.identity} local:ipv4:10.43.70.1:${port} ` +
        `peer:ipv4:10.43.70.${peer.peerNodeId + 1}:${port} established:yes`;
    }
  }
  yield "exists -";
  for (let change = 0; change < options.changes; change++) {
    const thing: Thing = random.pick<Thing>(kinds[kindOf(random.next())] ?? peerDevices);
    if (random.chance(options.stateFraction)) thing.changeState(random);
    else thing.count(random);
    yield `change ${thing.text()}${thing.extra()}`;
  }
  if (options.sentinel) yield SENTINEL;
}

function count(many: number): number[] {
  return Array.from({ length: many }, (_, place) => place);
}

/** The place of a kind, by where a number from 0 to 1 falls among the shares. */
function kindOf(at: number): number {
  let rest = at;
  for (const [kind, share] of SHARES.entries()) {
    rest -= share;
    if (rest < 0) return kind;
  }
  return SHARES.length;
}
