/** A profile of faults, with what is configured where it strikes. */
import type { Tables } from "../setup/draw_cluster.ts";
import type { Fault } from "./fault_schedule.ts";
import { FAULT_PROFILES, type FaultProfile } from "./fault_profiles.ts";
import type { Unlikeness } from "../setup/per_node_tables.ts";

/** With what is configured there. */
const TABLES: Partial<Record<FaultProfile, Tables>> = {
  "freezes": { systemd: { "on-quorum-loss": "freeze" } },
  "exits": { common: { "stop-services-on-exit": true } },
  "restarts": {
    common: { "on-service-failure": "restart", "service-failure-limit": 3 },
    systemd: { "target-as": "Wants", "dependencies-as": "Requires" },
  },
  "frozen restarts": { systemd: { "on-quorum-loss": "freeze" }, hasNoShell: true, restartMs: [100, 3_000] },
  "restarts by systemd": { hasNoShell: true, restartMs: [100, 3_000] },
  "alone": { common: { "on-service-failure": "fail-over", "on-disk-detach": "ignore" } },
  "secondaries": { hasSecondaries: true },
  "beside drbd-reactor": { hasNoShell: true },
  "busy mounts": { hasNoShell: true, isMountFirst: true },
  "stuck": { hasNoShell: true, isMountFirst: true },
  "ties cut": { hasNoShell: true },
  "slow starts": { isSlow: true },
  "signals": { isSlow: true },
  "versions": {
    common: { "not-with": ["web", "db-main", "mail_2", "x.y"], "preferred-nodes-policy": "always" },
  },
  "fifty resources": { count: 50 },
  "apart": {
    common: { "not-with": ["web", "db-main", "mail_2", "x.y"], "preferred-nodes-policy": "always" },
  },
  "moves": {
    common: { "preferred-nodes": ["beta", "alpha", "gamma"], "preferred-nodes-policy": "always" },
  },
};

/** Where nodes are not configured alike. */
const UNLIKE: Partial<Record<FaultProfile, Unlikeness>> = {
  "unlike nodes": "options",
  "versions": "versions",
};

/** What costs much is simulated for a shorter time. */
const LONGEST_MS: Partial<Record<FaultProfile, number>> = { "fifty resources": 60_000 };

/** The faults of a profile, what is configured, and how long it is simulated at most. */
export interface Profile {
  readonly faults: readonly Fault[];
  readonly tables: Tables;
  readonly unlikeness: Unlikeness | undefined;
  readonly longestMs: number;
}

export function profileNamed(name: FaultProfile): Profile {
  return {
    faults: FAULT_PROFILES[name],
    tables: TABLES[name] ?? {},
    unlikeness: UNLIKE[name],
    longestMs: LONGEST_MS[name] ?? Infinity,
  };
}
