/**
 * Troubles of a resource "web" on node alpha with peers beta and gamma, each with what the assessment finds. Whatever
 * shows health is tested with all of them, so that no two can disagree.
 */
import type { ProblemId, Severity } from "../../../src/health/problem.ts";
import type { ObservedPromoter } from "../../../src/health/observed.ts";
import type { Sample } from "../core/sample_lines.ts";

export interface Trouble {
  readonly name: string;
  readonly sample: Partial<Sample>;
  /** Node ids of peers with which DRBD ran its helper `split-brain`. */
  readonly splitBrainPeers?: readonly number[];
  /** States of units that are not as the role has them, by name. */
  readonly units?: Readonly<Record<string, string>>;
  /** What drbdd knows of starts here. */
  readonly start?: Pick<ObservedPromoter, "failedStart" | "waitsFor">;
  /** Of DRBD's kernel module; one of DRBD 9 if absent. */
  readonly moduleVersion?: string;
  /** Severity of the whole. */
  readonly severity: Severity;
  /** The worst problem, and what it says. */
  readonly worst?: readonly [ProblemId, RegExp];
  /** Others that are found. */
  readonly also?: readonly ProblemId[];
}

const PRIMARY = { role: "Primary" } as const;
const AWAY = { connection: "Connecting" } as const;
const syncing = (disk: Readonly<Record<string, string>>): Partial<Sample> => ({
  ...PRIMARY,
  beta: { disks: [{ replication: "SyncSource", disk: "Inconsistent", ...disk }] },
});

const failedStart = (why: string) => ({ why, times: 1, units: ["a.service"], sinceMs: 1 });

export const TROUBLES: readonly Trouble[] = [
  { name: "Primary here", sample: PRIMARY, severity: "ok" },
  { name: "Primary on a peer", sample: { beta: PRIMARY }, severity: "ok" },
  {
    name: "a failed local disk under a Primary",
    sample: { ...PRIMARY, disks: ["Failed"] },
    severity: "degraded",
    worst: [
      "local-disk-failed",
      /^the local disk of volume 0 failed \(Failed\): the Primary here works over/,
    ],
  },
  {
    name: "a lost local disk under a Primary",
    sample: { ...PRIMARY, disks: ["Diskless"] },
    severity: "degraded",
    worst: ["local-disk-failed", /^the local disk of volume 0 is lost \(Diskless\): the Primary here/],
  },
  {
    name: "two Primaries",
    sample: { ...PRIMARY, beta: PRIMARY },
    severity: "down",
    worst: ["split-brain", /^two Primaries: this node and beta$/],
  },
  {
    name: "two Primaries elsewhere",
    sample: { beta: PRIMARY, gamma: PRIMARY },
    severity: "down",
    worst: ["split-brain", /^two Primaries: beta and gamma$/],
  },
  {
    name: "a split brain that the helper has reported",
    sample: { ...PRIMARY, beta: { connection: "StandAlone" } },
    splitBrainPeers: [1],
    severity: "down",
    worst: ["split-brain", /^split brain with beta: both nodes have data of their own/],
  },
  {
    name: "StandAlone without the helper",
    sample: { ...PRIMARY, beta: { connection: "StandAlone" } },
    severity: "degraded",
    worst: ["standalone", /^StandAlone, does not try to connect to beta: after a split brain, or /],
  },
  {
    name: "a helper of a split brain that is over",
    sample: PRIMARY,
    splitBrainPeers: [1],
    severity: "ok",
  },
  {
    name: "a lost connection",
    sample: { ...PRIMARY, gamma: AWAY },
    severity: "degraded",
    worst: ["not-connected", /^not connected to gamma \(Connecting\)$/],
  },
  {
    name: "peers that cannot be seen",
    sample: { beta: AWAY, gamma: AWAY },
    severity: "unknown",
    worst: ["peer-not-seen", /^no Primary that this node can see: beta, gamma may be one$/],
    also: ["not-connected"],
  },
  {
    name: "an isolated node",
    sample: { beta: AWAY, gamma: AWAY, quorum: false, disks: ["Outdated"] },
    severity: "unknown",
    worst: ["no-quorum", /^no quorum \(volume 0\)$/],
    also: ["no-good-data", "peer-not-seen", "local-disk-not-up-to-date", "not-connected"],
  },
  {
    name: "no Primary, and all peers seen",
    sample: {},
    severity: "down",
    worst: ["not-running", /^no node is Primary, so its services run nowhere$/],
  },
  {
    name: "no quorum under a Primary",
    sample: { ...PRIMARY, quorum: false, beta: AWAY, gamma: AWAY },
    severity: "down",
    worst: ["no-quorum", /^no quorum \(volume 0\)$/],
    also: ["not-connected"],
  },
  {
    name: "suspended I/O",
    sample: { ...PRIMARY, suspended: "quorum" },
    severity: "down",
    worst: ["io-suspended", /^I\/O is suspended: quorum$/],
  },
  {
    name: "I/O that the administrator has suspended",
    sample: { ...PRIMARY, suspended: "user" },
    severity: "degraded",
    worst: ["io-suspended", /^I\/O is suspended: user$/],
  },
  {
    name: "no good data",
    sample: {
      ...PRIMARY,
      disks: ["Failed"],
      beta: { disks: [{ disk: "Outdated" }] },
      gamma: { disks: [{ disk: "Inconsistent" }] },
    },
    severity: "down",
    worst: ["no-good-data", /^no UpToDate data of volume 0 can be reached$/],
    also: ["local-disk-failed", "peer-disk-not-up-to-date"],
  },
  {
    name: "a resync",
    sample: syncing({ progress: "done:45.17" }),
    severity: "degraded",
    worst: ["resync-running", /^resync of volume 0 to beta is running, 45\.1 % done$/],
  },
  {
    name: "a resync with more than all done",
    sample: syncing({ progress: "done:104.20" }),
    severity: "degraded",
    worst: ["resync-running", /, 100\.0 % done$/],
  },
  {
    name: "a resync with less than nothing done",
    sample: syncing({ progress: "done:-3.00" }),
    severity: "degraded",
    worst: ["resync-running", /, 0\.0 % done$/],
  },
  {
    name: "a resync of which nothing is known",
    sample: syncing({ progress: "done:nan" }),
    severity: "degraded",
    worst: ["resync-running", /^resync of volume 0 to beta is running$/],
  },
  {
    name: "a paused resync",
    sample: syncing({ replication: "PausedSyncS", suspended: "user", progress: "done:10.00" }),
    severity: "degraded",
    worst: ["resync-paused", /^resync of volume 0 to beta is paused \(user\), 10\.0 % done$/],
  },
  {
    name: "two resyncs, of which one waits for the other",
    sample: {
      disks: ["Inconsistent"],
      beta: {
        ...PRIMARY,
        disks: [{ replication: "PausedSyncT", suspended: "dependency", progress: "done:10.00" }],
      },
      gamma: { disks: [{ replication: "SyncTarget", progress: "done:61.30" }] },
    },
    severity: "degraded",
    worst: ["resync-running", /^resync of volume 0 from gamma is running, 61\.3 % done$/],
    also: ["resync-paused"],
  },
  {
    name: "a kernel module of DRBD 8.4, of which the tools of DRBD 9 make a resync",
    sample: syncing({ progress: "done:45.17" }),
    moduleVersion: "8.4.11",
    severity: "unknown",
    worst: ["too-old-module", /^kernel module 8\.4\.11 found, DRBD 9 needed$/],
  },
  {
    name: "a service that failed",
    sample: PRIMARY,
    units: { "a.service": "failed" },
    severity: "down",
    worst: ["service-failed", /^a\.service failed$/],
  },
  {
    name: "a lost disk and a failed service",
    sample: { ...PRIMARY, disks: ["Diskless"] },
    units: { "a.service": "failed" },
    severity: "down",
    worst: ["service-failed", /^a\.service failed$/],
    also: ["local-disk-failed"],
  },
  {
    name: "a service that fails to start, on this node and so on all",
    sample: {},
    start: { failedStart: failedStart("a.service failed (journalctl -u a.service)") },
    severity: "down",
    worst: [
      "start-failed",
      /^its services failed to start here: a\.service failed \(journalctl -u a\.service\)$/,
    ],
    also: ["not-running"],
  },
  {
    name: "a start that failed here, while a peer runs it",
    sample: { beta: PRIMARY },
    start: { failedStart: failedStart("a.service failed") },
    severity: "degraded",
    worst: ["start-failed", /^its services failed to start here: a\.service failed$/],
  },
  {
    name: "a first start that waits for systemd",
    sample: {},
    start: {
      waitsFor: { what: "systemd: no answer to daemon-reload", sinceMs: 1 },
    },
    severity: "down",
    worst: [
      "start-waits",
      /^not started here yet: waiting for systemd: no answer to daemon-reload/,
    ],
    also: ["not-running"],
  },
];

/** The units of "web" as its role has them, but for those that the trouble names. */
export function troubleUnits({ sample, units = {} }: Trouble) {
  const state = sample.role === "Primary" ? "active" : "inactive";
  const unit = (name: string) => ({
    name,
    activeState: units[name] ?? state,
    freezerState: "running",
    loadState: "loaded",
    isHeldBack: false,
  });
  return {
    target: unit("drbd-services@web.target"),
    dependencies: [unit("drbd-promote@web.service"), unit("a.service")],
  };
}
