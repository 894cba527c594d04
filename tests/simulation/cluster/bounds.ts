/**
 * How long things may take, derived from what was configured and drawn. All in milliseconds.
 *
 * A bound is about time in which nothing else goes wrong: whoever uses one begins to count anew when something does.
 */
import { delayMs } from "./oracle_delay.ts";
import type { ResourceSpec } from "./spec.ts";

/** Programs start, systemd and DRBD answer, lines arrive, a node notices. */
const OVERHEAD_MS = 2_000;
/** Between two attempts of one node; a failed node leaves the others so long. */
const START_INTERVAL_MS = 20_000;
/** After a service failed for good. */
const HOLD_BACK_MS = 60_000;
/** A failed service is noticed after at most this. */
const NOTICE_MS = 5_000;
/** A failed stop is repeated after this. */
const STOP_AGAIN_MS = 5_000;
/** A command of a shell that is told to end is killed after this. */
const KILL_AFTER_MS = 10_000;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** From the decision to start until all runs, on a node where nothing is wrong. */
export function startBoundMs({ services }: ResourceSpec): number {
  return OVERHEAD_MS + sum(services.map(({ startMs }) => startMs));
}

/** From the reason to stop until nothing runs. With `isStubborn`, services do not end when they are told to. */
export function stopBoundMs({ services, config }: ResourceSpec, isStubborn: boolean): number {
  // SIGTERM and its time-out, SIGKILL and its time-out.
  const each = services.map(({ stopMs, stopTimeoutMs }) => isStubborn ? 2 * stopTimeoutMs : stopMs);
  const again = isStubborn ? STOP_AGAIN_MS : 0;
  if (config.runner === "systemd") return OVERHEAD_MS + sum(each) + again;
  // What a start or restart is just doing is ended first, and one service more is stopped than its list has.
  return OVERHEAD_MS + 2 * sum(each) + again + (isStubborn ? KILL_AFTER_MS : 0);
}

/** The longest a node holds back before it starts. */
export function longestDelayMs({ config }: ResourceSpec, isFencing: boolean): number {
  return delayMs(config, {
    disks: ["Diskless"],
    place: config.preferredNodes.length,
    isFencing,
    isSecondary: true,
  });
}

export interface Liveness {
  readonly isFencing: boolean;
  /** Nodes on which a start fails or takes very long. */
  readonly failingNodes: number;
  /** A service failed for good not long ago. */
  readonly hasFailed: boolean;
}

/**
 * From the moment on at which a partition has quorum and UpToDate data and nothing happens to it any more, until the
 * services run in it:
 *
 *     stop where it has to leave, the longest delay, the 20 s between two attempts, start;
 *     for each node on which the start fails: its start, its stop, the delay once more;
 *     after a service failed for good: the time until that is noticed, and the minute that its node holds back.
 */
export function failoverBoundMs(spec: ResourceSpec, liveness: Liveness): number {
  const delay = longestDelayMs(spec, liveness.isFencing);
  const start = startBoundMs(spec);
  const stop = stopBoundMs(spec, liveness.failingNodes > 0);
  const once = stop + delay + START_INTERVAL_MS + start;
  const failing = liveness.failingNodes * (START_INTERVAL_MS + start + stop + delay);
  const held = liveness.hasFailed ? NOTICE_MS * spec.config.serviceFailureLimit + start + HOLD_BACK_MS : 0;
  return once + failing + held;
}
