/**
 * How long things may take, derived from what was configured and drawn. All in milliseconds.
 *
 * A bound is about time in which nothing else goes wrong: whoever uses one begins to count again when something does.
 */
import type { ResourceSpec } from "../setup/spec.ts";

/** What drbdd may add to the time that DRBD, systemd and the services need. */
export const DRBDD_MS = 1_000;
/** Programs start, systemd and DRBD answer, lines arrive. */
const PROGRAMS_MS = 1_000;
/** Between two attempts of one node; a node on which a start failed leaves the others so long. */
export const START_INTERVAL_MS = 20_000;
/** After a lost race. */
export const LOST_RACE_MS = 2_000;
/** After a service failed for good. */
export const BACKOFF_MS = 60_000;
/** A failed service is noticed after at most this. */
export const NOTICE_MS = 5_000;
/** A drbdd that has just begun, or could not see, looks what runs; should that fail, again after 5 s. */
export const FIND_MS = 6_000;
/** Backing devices are looked for, and drop-ins that could not be written tried again, after this. */
export const PREPARE_AGAIN_MS = 5_000;
/** After a connection was removed, as drbdadm down begins, nothing is started. */
export const CONNECTION_REMOVED_MS = 5_000;
/** A failed stop is repeated after this. */
export const STOP_AGAIN_MS = 5_000;
/** What became Secondary under its services is stopped after this, if it is not Primary again. */
export const RESTART_BY_SYSTEMD_MS = 2_000;
/** Freezing: systemctl is started, asks for the units, and freezes each. */
export const FREEZE_MS = 1_000;
/** A command of a shell that gets SIGTERM is killed after this. */
const KILL_AFTER_MS = 10_000;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** From the decision to start until all runs, on a node where nothing is wrong. */
export function startBoundMs({ services, secondary }: ResourceSpec): number {
  // What runs beside a Secondary is stopped first, and may have to be killed.
  const stopMs = secondary?.services.map(({ stopTimeoutMs }) => 2 * stopTimeoutMs) ?? [];
  return PROGRAMS_MS + sum(stopMs) + sum(services.map(({ startMs }) => startMs));
}

/** From the reason to stop until nothing runs. With `isStubborn`, services do not end on SIGTERM. */
export function stopBoundMs({ services, config }: ResourceSpec, isStubborn: boolean): number {
  // SIGTERM and its time-out, SIGKILL and its time-out.
  const each = services.map(({ stopMs, stopTimeoutMs }) => isStubborn ? 2 * stopTimeoutMs : stopMs);
  const again = isStubborn ? STOP_AGAIN_MS : 0;
  const once = PROGRAMS_MS + DRBDD_MS + again;
  if (config.runner === "systemd") return once + sum(each);
  // What a start or restart is just doing is ended first, and one service more is stopped than its list has.
  return once + 2 * sum(each) + (isStubborn ? KILL_AFTER_MS : 0);
}
