/** More of what DRBD and systemd say of a place, for rules that judge what ends and begins there. */
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import { FIND_MS, RESTART_BY_SYSTEMD_MS } from "./bounds.ts";
import type { Place } from "./place.ts";
import { type ServiceSpec, unitOf } from "../setup/spec.ts";

/** A start that drbdd began may go on for so long. */
const START_LASTS_MS = 15_000;
/** Drop-ins are looked at 2 s before a start, unless they were so 3 s before that; the look takes a moment. */
const DROP_INS_SEEN_MS = 5_500;
/** What begins so soon after somebody started the target does so because of that. */
const BY_HAND_MS = 1_000;
/** When a start is over, systemd is asked what has become of it, and answers. */
export const START_LOOK_MS = 1_000;
/** Until drbdd has read of a demotion. */
const HEARD_MS = 100;

/** Its devices serve no I/O, and everybody can know that. */
export function isOut({ resource, outcome, machine: { world: { model } } }: Place): boolean {
  return resource !== undefined && outcome !== "written" && !model.hasUnnoticedLoss(resource);
}

/** Somebody took away what binds the service to the promotion, and drbdd could not look since, or is not who starts it. */
export function isUnbound(
  { machine, history, spec: { config }, last: { startedByHandMs } }: Place,
  service: ServiceSpec,
): boolean {
  if (config.runner !== "systemd" || machine.manager.unit(unitOf(service)).file.dropIns.length > 0) {
    return false;
  }
  const isByHand = startedByHandMs > history.startMs && machine.nowMs() - startedByHandMs < BY_HAND_MS;
  const isDrbdds = history.openStarts > 0 ||
    (machine.nowMs() - history.startMs < START_LASTS_MS && !isByHand);
  return !isDrbdds || machine.nowMs() - machine.dropInsTakenMs < DROP_INS_SEEN_MS;
}

/**
 * It is Primary since before the drbdd that runs now began, without its promotion: a promotion that came through after its
 * unit was stopped, and drbdd too. Nobody can know that it was not an administrator's.
 */
export function isFoundPrimary(place: Place): boolean {
  const [, promote] = place.loaded();
  const sinceMs = place.timeline.sinceMs(({ isPrimary }) => isPrimary);
  return promote?.isUp === false && sinceMs !== undefined && sinceMs <= place.history.begunMs;
}

/** What was Primary until a moment before it became so again is still its own to drbdd, whoever promotes it. */
export function wasPrimaryJustNow({ timeline, machine }: Place): boolean {
  const nowMs = machine.nowMs();
  const againMs = timeline.sinceMs(({ isPrimary }) => isPrimary) ?? nowMs;
  const fromMs = againMs - RESTART_BY_SYSTEMD_MS - HEARD_MS;
  for (const { endMs } of timeline.spans(({ isPrimary }) => isPrimary, fromMs, nowMs)) {
    if (endMs < againMs) return true;
  }
  return false;
}

/** Nothing of it has been there for `ms`, as far as drbdd can know. */
export function isLongGone(place: Place, nowMs: number, ms: number): boolean {
  const { history, spec: { config }, last: { bornMs, upUnmanagedMs }, reloadedMs, upMs } = place;
  // Nobody can see what commands of a shell have left: a drbdd that begins to manage what ended unseen may stop everything.
  const isNew = nowMs - Math.max(bornMs, reloadedMs) <= ms;
  const isUnseen = config.runner === "shell" && isNew && upUnmanagedMs === upMs;
  const startedMs = history.startOverMs < Infinity ? history.startOverMs : history.startMs;
  return !place.isBeingStarted && !isUnseen && nowMs - Math.max(upMs, startedMs) > ms;
}

/**
 * When a drbdd that begins at `begunMs`, or that read another table later, knows what is there. What it finds without its
 * Primary has some time to become that.
 */
export function foundMs({ timeline, reloadedMs, upMs, isUp }: Place, begunMs: number): number {
  const fromMs = upMs < reloadedMs ? begunMs : Math.max(begunMs, reloadedMs);
  const secondaryMs = timeline.sinceMs(({ isPrimary }) => !isPrimary) ?? Infinity;
  return fromMs + FIND_MS + (isUp && secondaryMs <= fromMs ? RESTART_BY_SYSTEMD_MS : 0);
}

/** What is configured for a resource, to compare. */
export function tableOf(promoters: readonly PromoterConfig[], name: string): string {
  return JSON.stringify(promoters.flatMap(({ resources }) => resources).filter((each) => each.name === name));
}

/** A start that was decided on waits until what runs beside a Secondary has stopped, however long that takes. */
export function isStillAhead({ spec: { secondary }, history }: Place): boolean {
  return secondary !== undefined && history.startOverMs === Infinity;
}

/** What becomes Primary so soon after drbdd began a start may be so because of that. */
const DRBDD_STARTS_MS = 15_000;
/** Until drbdd has read what became of a start. */
const START_NEWS_MS = 100;

/** What becomes Primary here at `nowMs` may be so by the last start of drbdd, whoever promotes it as well. */
export function mayBePromotedByStart(place: Place, nowMs: number): boolean {
  const { history, timeline } = place;
  if (nowMs - history.startMs >= DRBDD_STARTS_MS) return false;
  // A start that is over, and was not cut off, promotes nothing any more.
  const isLost = history.startOverMs < nowMs &&
    timeline.some(history.startMs, ({ primaryPeer }) => primaryPeer !== undefined);
  const isRefused = (isLost || nowMs - history.startOverMs > START_NEWS_MS) &&
    history.stopMs < history.startMs;
  // One that still waited for what runs beside a Secondary when a peer became Primary is not made.
  const isGivenUp = isStillAhead(place) && history.openStarts === 0 &&
    timeline.some(history.startMs, ({ primaryPeer }) => primaryPeer !== undefined);
  return !isRefused && !isGivenUp;
}

/** All of it ran, or the last start is over and went well, but one of the services is not there. */
export function isPartDown(place: Place): boolean {
  const { history, startFailedMs, machine, spec: { services }, holders, ranMs, reloadedMs } = place;
  const isStarted = history.startOverMs < Infinity && startFailedMs < history.startMs;
  const hasRun = ranMs > Math.max(history.begunMs, reloadedMs);
  return history.openStarts === 0 && (isStarted || hasRun) &&
    services.some((service) =>
      machine.isConfigured(service) && !holders.some((holder) => holder.service === service)
    );
}

/** The last start failed, because a peer was Primary. Given `knownMs`: as drbdd may see it, which knows all before that. */
export function hasLostRace({ history, timeline, last }: Place, knownMs = Infinity): boolean {
  const fromMs = knownMs === Infinity ? history.startMs : history.startSeesFromMs;
  const primaryMs = history.primarySinceStartMs ?? Infinity;
  // What an administrator started when it was over is not of that start.
  const isOthers = last.startedByHandMs > history.startOverMs && primaryMs >= last.startedByHandMs;
  // A promotion that was undone before drbdd looked what had become of the start may look refused.
  const secondaryMs = timeline.sinceMs(({ isPrimary }) => !isPrimary) ?? Infinity;
  const isUndone = knownMs < Infinity && primaryMs < secondaryMs &&
    secondaryMs <= history.startOverMs + START_LOOK_MS;
  return (isOthers || isUndone || primaryMs >= knownMs) &&
    timeline.some(fromMs, ({ primaryPeer }) => primaryPeer !== undefined);
}
