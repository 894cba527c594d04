/** Why services may be stopped: what the kernel, systemd and the clock say of it. */
import type { ResourceConfig } from "../../../../plugins/promoter/config.ts";
import { RESTART_BY_SYSTEMD_MS } from "../observed/bounds.ts";
import { wasTogether } from "../observed/neighbours.ts";
import { rankOf } from "../observed/expected_delay.ts";
import type { Place } from "../observed/place.ts";
import { isPartDown } from "../observed/place_facts.ts";
import type { DrbdFacts } from "../observed/timeline.ts";

/** Events on their way, and commands that were under way when things changed. */
export const RECENT_MS = 4_000;
/** Units are looked at every 4 s, and systemd may have tried some more times: when one died is known no better. */
const FAILURE_EVENT_DELAY_MS = 10_000;
/** A service that failed leads to a stop within this: it is noticed, and restarted without success. */
const FAILURE_RECENT_MS = 30_000;
/** Freezing that is not complete after this ends in a stop. */
const FREEZE_GIVEN_UP_MS = 8_000;

/** The start has been over since before `beforeMs`, the resource was never Primary, and nothing of it is there. */
export function isAfterLostRace(
  { history, holders, isPrimary, isBeingStarted, isBeingStopped }: Place,
  beforeMs: number,
): boolean {
  return history.startMs > history.stopMs && history.primarySinceStartMs === undefined &&
    holders.length === 0 &&
    !isPrimary &&
    !isBeingStarted && !isBeingStopped && history.startOverMs < beforeMs;
}

/** The devices did not serve I/O, or lost a disk, at about the time when a service ended last, or since. */
export function wasOut({ serviceEndedMs, servesSinceMs, timeline }: Place): boolean {
  const aboutMs = serviceEndedMs - FAILURE_EVENT_DELAY_MS;
  const lostMs = timeline.sinceMs(({ lostVolumes }) => lostVolumes.length > 0) ?? -Infinity;
  return servesSinceMs === undefined || servesSinceMs >= aboutMs || lostMs >= aboutMs;
}

/**
 * Whether a service failed for good, and the configuration wants it left to a peer, which there is. What died while its
 * devices served no I/O did not fail.
 */
export function hasFailure(place: Place, config: ResourceConfig, nowMs: number, lateMs: number): boolean {
  if (config.onServiceFailure === "ignore") return false;
  const canTakeOver = place.timeline.some(
    nowMs - RECENT_MS - lateMs,
    ({ upToDatePeers }) => upToDatePeers.length > 0,
  );
  if (!canTakeOver) return false;
  // What an administrator stops counts as failed, too, and so does what could not be started.
  if (place.isStoppedByHand || hasSkipped(place, FAILURE_RECENT_MS + lateMs)) return true;
  // What was started without its drop-ins, and so before the promotion, has failed.
  const isUnbound = nowMs - place.machine.dropInsTakenMs <= FAILURE_RECENT_MS + lateMs;
  if (isUnbound && place.hasFailedUnit) return true;
  const { serviceEndedMs, last: { endedInOutageMs } } = place;
  // What died in an outage and was restarted without success has failed by that. Who began later knows of no outage.
  const isTriedAgain = place.history.restartMs > serviceEndedMs;
  const seesSinceMs = Math.max(
    place.history.begunMs,
    place.reloadedMs,
    place.machine.responsiveness.seesSinceMs ?? nowMs,
  );
  const isKnown = serviceEndedMs >= seesSinceMs;
  if (isKnown && serviceEndedMs === endedInOutageMs && !isTriedAgain) return false;
  const isRecent = nowMs - serviceEndedMs <= FAILURE_RECENT_MS + lateMs;
  return place.hasFailures || place.hasFailedUnit || isRecent ||
    (isPartDown(place) && nowMs - place.last.troubledMs <= RECENT_MS + lateMs);
}

/** Something of DRBD, or of the start, because of which services are stopped. */
export function hasOutage(place: Place, config: ResourceConfig, nowMs: number, lateMs: number): boolean {
  const since = (ms: number) => nowMs - ms - lateMs;
  const lately = (holds: (facts: DrbdFacts) => boolean, ms = RECENT_MS) =>
    place.timeline.some(since(ms), holds);
  const { history, startFailedMs, timeline } = place;
  const [target] = place.loaded();
  const isTargetDown = target !== undefined && target.state !== "active" && target.job === undefined;
  const isStartFailed = startFailedMs >= since(RECENT_MS) || isTargetDown ||
    (place.hasFailedUnit && history.startOverMs >= since(RECENT_MS));
  // What was not Primary before it was started has become so by that.
  const primaryMs = timeline.sinceMs(({ isPrimary }) => isPrimary);
  const isByStart = primaryMs !== undefined && history.startMs > history.stopMs &&
    history.startSeesFromMs > -Infinity && primaryMs >= history.startSeesFromMs;
  const hadNoQuorum = lately(({ exists, hasQuorum }) => exists && !hasQuorum);
  const wasSecondary = !isByStart && lately(({ isPrimary }) => !isPrimary, RECENT_MS + RESTART_BY_SYSTEMD_MS);
  // News of a peer that was Primary a moment ago come late.
  return isStartFailed || wasSecondary || lately(({ primaryPeer }) => primaryPeer !== undefined) ||
    (hadNoQuorum && (config.onQuorumLoss === "shutdown" || isFreezingHopeless(place, nowMs))) ||
    (config.onDiskDetach === "fail-over" && lately(({ lostVolumes }) => lostVolumes.length > 0));
}

/** Better nodes to which services may have moved since `sinceMs`. */
export function betterPeers(
  place: Place,
  config: ResourceConfig,
  sinceMs: number,
): ReadonlySet<string> {
  const { timeline, machine } = place;
  if (config.preferredNodesPolicy !== "always") return new Set();
  const own = wasTogether(place, sinceMs) ? Infinity : rankOf(config, machine.name);
  const peers = [...timeline.from(sinceMs)].flatMap(({ upToDatePeers }) => upToDatePeers);
  return new Set(peers.filter((peer) => rankOf(config, peer) < own));
}

/** It lasts too long, or may have failed because systemctl did. */
function isFreezingHopeless({ timeline, holders, machine, history }: Place, nowMs: number): boolean {
  if (nowMs - (machine.responsiveness.sinceMs ?? nowMs) < RECENT_MS) return true;
  const sinceMs = timeline.sinceMs(({ exists, hasQuorum }) => exists && !hasQuorum) ?? nowMs;
  // Quorum may have come and gone again meanwhile.
  return nowMs - Math.min(sinceMs, history.freezeMs) > FREEZE_GIVEN_UP_MS &&
    holders.some(({ isFrozen }) => !isFrozen);
}

/** A unit was not started in the last `ms`, as its condition was not met. */
function hasSkipped(place: Place, ms: number): boolean {
  const sinceMs = place.machine.nowMs() - ms;
  return place.loaded().some(({ conditionMs, wasConditionMet }) =>
    conditionMs !== undefined && !wasConditionMet && conditionMs >= sinceMs
  );
}
