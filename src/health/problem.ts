/** Severities and problems. */

/** Best first. `unknown` outranks `degraded`: what cannot be seen may be down. */
export const SEVERITIES = ["ok", "degraded", "unknown", "down"] as const;
export type Severity = typeof SEVERITIES[number];

/** How messages name something of this severity. */
export const SEVERITY_WORDS = {
  ok: "healthy",
  degraded: "degraded",
  unknown: "in an unknown state",
  down: "down",
} as const satisfies Record<Severity, string>;

/** Stable identifiers of problems, for programs and tests. */
export type ProblemId =
  | "split-brain"
  | "standalone"
  | "no-good-data"
  | "no-quorum"
  | "io-suspended"
  | "io-failing"
  | "local-disk-failed"
  | "local-disk-not-up-to-date"
  | "not-connected"
  | "path-down"
  | "peer-disk-not-up-to-date"
  | "not-replicating"
  | "out-of-sync"
  | "resync-running"
  | "resync-paused"
  | "resync-stuck"
  | "verify-running"
  | "peer-not-seen"
  | "not-running"
  | "not-up"
  | "start-failed"
  | "start-waits"
  | "state-unknown"
  | "state-stale"
  | "too-old-module"
  | "no-split-brain-protection"
  | "disabled-but-primary"
  | "evicted"
  | "on-hold"
  | "service-failed"
  | "unit-missing"
  | "services-unknown"
  | "services-frozen"
  | "services-inactive"
  | "service-incomplete"
  | "service-without-primary"
  | "secondary-beside-primary";

export interface Problem {
  readonly id: ProblemId;
  readonly severity: Severity;
  /** The volume, peer or unit concerned; empty for the resource itself. Together with `id` it identifies the problem. */
  readonly about: string;
  /** What happened, as one sentence without a full stop. */
  readonly what: string;
  /** A command, or what to do in words. */
  readonly next: string;
  /** When it began or was first seen, in milliseconds since 1970; absent if not observed. */
  readonly sinceMs?: number;
}

/** The assessment of one resource, or of several together. */
export interface Health {
  /** Of the worst problem. */
  readonly severity: Severity;
  /** The worst first. */
  readonly problems: readonly Problem[];
}

/** The worst severity; `ok` if there are none. */
export function worstOf(severities: Iterable<Severity>): Severity {
  let worst: Severity = "ok";
  for (const severity of severities) if (rankOf(severity) > rankOf(worst)) worst = severity;
  return worst;
}

/** Higher is worse. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Sorts the worst problem first; equal ones keep their order. */
export function healthOf(problems: readonly Problem[]): Health {
  const sorted = problems.toSorted((a, b) => rankOf(b.severity) - rankOf(a.severity));
  return { severity: sorted[0]?.severity ?? "ok", problems: sorted };
}
