/** Lines of events2 about resources with two peers, beta (node 1) and gamma (node 2). */

/** How a volume is on a peer. */
export interface SamplePeerDisk {
  readonly replication?: string;
  readonly disk?: string;
  /** `done`, `dbdt1` and `eta`, as they are printed. */
  readonly progress?: string;
  readonly outOfSync?: number;
  readonly suspended?: string;
}

export interface SamplePeer {
  readonly connection?: string;
  readonly role?: string;
  readonly disks?: readonly SamplePeerDisk[];
}

export interface Sample {
  readonly name: string;
  readonly minor?: number;
  readonly role?: string;
  readonly suspended?: string;
  /** States of the disks here, by volume. One UpToDate disk if absent. */
  readonly disks?: readonly string[];
  readonly quorum?: boolean;
  readonly sizeKib?: number;
  readonly writtenKib?: number;
  readonly beta?: SamplePeer;
  readonly gamma?: SamplePeer;
}

const PEERS = ["beta", "gamma"] as const;

/** All lines of a resource, each with the verb. */
export function sampleLines(verb: "exists" | "create" | "change", sample: Sample): string[] {
  const { disks = ["UpToDate"] } = sample;
  return [
    resourceLine(verb, sample),
    ...PEERS.map((peer) => connectionLine(verb, sample, peer)),
    ...disks.map((_, volume) => deviceLine(verb, sample, volume)),
    ...PEERS.flatMap((peer) => [
      ...disks.map((_, volume) => peerDeviceLine(verb, sample, peer, volume)),
      pathLine(verb, sample, peer),
    ]),
  ];
}

/** A whole first dump. */
export function sampleDump(...samples: readonly Sample[]): string[] {
  return [...samples.flatMap((sample) => sampleLines("exists", sample)), "exists -"];
}

function resourceLine(verb: string, sample: Sample): string {
  const { name, role = "Secondary", suspended = "no" } = sample;
  const isFree = role !== "Primary" && PEERS.every((peer) => sample[peer]?.role !== "Primary");
  return `${verb} resource name:${name} role:${role} suspended:${suspended} force-io-failures:no write-ordering:flush may_promote:${
    isFree ? "yes" : "no"
  } promotion_score:10103`;
}

function connectionLine(verb: string, sample: Sample, peer: typeof PEERS[number]): string {
  const { connection = "Connected", role } = sample[peer] ?? {};
  const known = role ?? (connection === "Connected" ? "Secondary" : "Unknown");
  return `${verb} connection ${
    identity(sample, peer)
  } connection:${connection} role:${known} congested:no ap-in-flight:0 rs-in-flight:0`;
}

function deviceLine(verb: string, sample: Sample, volume: number): string {
  const { name, minor = 1000, disks = ["UpToDate"], quorum = true, sizeKib = 10485760, writtenKib = 4096 } =
    sample;
  const disk = disks[volume] ?? "UpToDate";
  const backing = disk === "Diskless" ? "none" : `/dev/vg0/${name}_${volume}`;
  const open = sample.role === "Primary" ? "yes" : "no";
  return `${verb} device name:${name} volume:${volume} minor:${
    minor + volume
  } backing_dev:${backing} disk:${disk} client:no open:${open} quorum:${
    quorum ? "yes" : "no"
  } size:${sizeKib} read:2048 written:${writtenKib} al-writes:3 bm-writes:4 upper-pending:0 lower-pending:0 al-suspended:no blocked:no`;
}

function peerDeviceLine(verb: string, sample: Sample, peer: typeof PEERS[number], volume: number): string {
  const { connection = "Connected", disks = [] } = sample[peer] ?? {};
  const isConnected = connection === "Connected";
  const { replication = isConnected ? "Established" : "Off", disk = isConnected ? "UpToDate" : "DUnknown" } =
    disks[volume] ?? {};
  const { progress = "", outOfSync = 0, suspended = "no" } = disks[volume] ?? {};
  const [, done = "", rest = ""] = /^(done:\S+)(.*)$/.exec(progress) ?? [];
  return `${verb} peer-device ${
    identity(sample, peer)
  } volume:${volume} replication:${replication} peer-disk:${disk} peer-client:no resync-suspended:${suspended}${
    done === "" ? "" : ` ${done}`
  } received:0 sent:0 out-of-sync:${outOfSync} pending:0 unacked:0${rest}`;
}

function pathLine(verb: string, sample: Sample, peer: typeof PEERS[number]): string {
  const node = PEERS.indexOf(peer) + 2;
  const isUp = (sample[peer]?.connection ?? "Connected") === "Connected";
  return `${verb} path ${
    identity(sample, peer)
  } local:ipv4:192.0.2.1:7000 peer:ipv4:192.0.2.${node}:7000 established:${isUp ? "yes" : "no"}`;
}

function identity({ name }: Sample, peer: typeof PEERS[number]): string {
  return `name:${name} peer-node-id:${PEERS.indexOf(peer) + 1} conn-name:${peer}`;
}
