/** What a simulated cluster is made of, and how long things take in it. Times are simulated milliseconds. */

/** A machine. Its id is its DRBD node id in every resource. */
export interface NodeConfig {
  /** As `uname -n` prints it; also the name of connections to it. */
  readonly name: string;
  /** 0 to 30, so that sets of nodes fit the bits of a number. */
  readonly nodeId: number;
  /** IPv4 address. */
  readonly address: string;
}

export interface VolumeConfig {
  readonly volume: number;
  readonly minor: number;
  readonly sizeKib: number;
  /** Path of the backing device on nodes that have one. */
  readonly backingDev: string;
}

/** `off`, `majority`, `all`, or the number of nodes needed. */
export type QuorumRule = "off" | "majority" | "all" | number;

/** Options of drbd.conf(5), by their names there. */
export interface ResourceOptions {
  readonly quorum: QuorumRule;
  readonly onNoQuorum: "io-error" | "suspend-io";
  readonly onNoDataAccessible: "io-error" | "suspend-io";
  readonly onSuspendedPrimaryOutdated: "disconnect" | "force-secondary";
  readonly fencing: "dont-care" | "resource-only" | "resource-and-stonith";
  readonly rrConflict: "disconnect" | "retry-connect";
  readonly autoPromote: boolean;
  /** So many nodes with UpToDate disks are needed for quorum. */
  readonly quorumMinimumRedundancy: QuorumRule;
  /** Of each connection. */
  readonly allowTwoPrimaries: boolean;
}

export interface ResourceConfig {
  readonly name: string;
  readonly port: number;
  readonly volumes: readonly VolumeConfig[];
  /** Names of the nodes that have the resource; absent: all. */
  readonly on?: readonly string[];
  /** Names of those that have it without a disk, on purpose. */
  readonly diskless?: readonly string[];
  /** What differs from `DEFAULT_OPTIONS`. */
  readonly options?: Partial<ResourceOptions>;
  /** Default 40 MiB/s. */
  readonly resyncRateKibPerS?: number;
}

/** The two ends of what may be drawn. */
export type Range = readonly [fromMs: number, toMs: number];

export interface Timing {
  /** A packet from one node to another. */
  readonly latencyMs: Range;
  /** From a command or a need to the commit of a cluster-wide state change. */
  readonly twoPhaseMs: Range;
  /** Before a cluster-wide state change that met an obstacle is tried again. */
  readonly twoPhaseRetryMs: Range;
  /** A step of `drbdadm`: one call of drbdsetup. */
  readonly commandMs: Range;
  /** A user-mode helper runs. */
  readonly helperMs: Range;
  /** Both ends are connecting and can reach one another: until the path stands. */
  readonly connectMs: Range;
  /** A path stands: until the handshake. */
  readonly handshakeMs: Range;
  /** Before a refused connection is tried again. */
  readonly connectRetryMs: Range;
  /** Options `ping-int` and `ping-timeout`: a lost peer is noticed after at most their sum. */
  readonly pingIntMs: number;
  readonly pingTimeoutMs: number;
  /** Two peers exchange bitmaps before a resync. */
  readonly bitmapMs: Range;
  /** I/O that was suspended starts again. */
  readonly resumeMs: number;
  /** From power on until DRBD can be configured. */
  readonly bootMs: Range;
}

export const DEFAULT_OPTIONS: ResourceOptions = {
  quorum: "majority",
  onNoQuorum: "io-error",
  onNoDataAccessible: "io-error",
  onSuspendedPrimaryOutdated: "force-secondary",
  fencing: "dont-care",
  rrConflict: "retry-connect",
  autoPromote: false,
  quorumMinimumRedundancy: "off",
  allowTwoPrimaries: false,
};

export const DEFAULT_TIMING: Timing = {
  latencyMs: [1, 8],
  twoPhaseMs: [5, 60],
  twoPhaseRetryMs: [50, 350],
  commandMs: [5, 30],
  helperMs: [10, 80],
  connectMs: [50, 2_000],
  handshakeMs: [20, 90],
  connectRetryMs: [500, 3_000],
  pingIntMs: 3_000,
  pingTimeoutMs: 500,
  bitmapMs: [10, 50],
  resumeMs: 8,
  bootMs: [20_000, 60_000],
};

export const DEFAULT_RESYNC_KIB_PER_S = 40 * 1024;

export interface ClusterConfig {
  readonly nodes: readonly NodeConfig[];
  readonly resources: readonly ResourceConfig[];
  /** What differs from `DEFAULT_TIMING`. */
  readonly timing?: Partial<Timing>;
}

/** Nodes with ids and addresses counted through. */
export function nodesNamed(...names: readonly string[]): NodeConfig[] {
  return names.map((name, nodeId) => ({ name, nodeId, address: `10.43.70.${nodeId + 1}` }));
}
