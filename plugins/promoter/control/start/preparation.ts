/** Prepares a resource before it may be started: DRBD configured, backing devices available. */
import { describe } from "../../../../src/effects/describe.ts";
import type { Effects } from "../../../../src/effects/effects.ts";
import { failureOf, runLimited } from "../../../../src/effects/limited_run.ts";
import type { Logger } from "../../../../src/logging/logging.ts";
import { TurnLimiter } from "../../../../src/effects/waiting/turn_limiter.ts";
import { FIRST_WORD_MS, warnWhenSlow } from "../report/slow_operation_warning.ts";
import { SharedSlots } from "../slots.ts";

const POLL_INTERVAL_MS = 2_000;
const LOG_INTERVAL_MS = 60_000;
/** drbdadm only reads its files here. */
const ANSWER_TIMEOUT_MS = 10_000;
/** drbdadm has time limits for the programs it runs, up to two minutes each, and reports which one hangs. */
const ADJUST_MS = 300_000;
/** A drbdadm that hung is run again after this. */
const ADJUST_AGAIN_MS = 5_000;
/** Of hundreds of resources, at most this many are adjusted at a time: starting hundreds of programs at once would block drbdd for seconds. One that takes longer than this no longer counts. */
const ADJUSTED_AT_ONCE = 8;
const ADJUST_ALONE_MS = 1_000;
const SLOTS = new SharedSlots(ADJUSTED_AT_ONCE);
/** Until the first start is possible, only one per turn of the event loop: starting a program blocks drbdd for milliseconds, which delays the preconditions of starts. */
const LIMITERS = new WeakMap<Effects, TurnLimiter>();

/** The adjustments that are going on, by resource. */
const RUNNING = new WeakMap<Effects, Map<string, Promise<void>>>();

/** Called with what is awaited, as the end of "waiting for ..."; undefined when that is over. */
type OnWait = (what: string | undefined) => void;

interface AdjustOptions {
  readonly mayStart?: () => boolean;
  readonly onWait?: OnWait;
  /** Called with the reason if drbdadm failed: the resource may not be up because of that. */
  readonly onFailed?: (why: string) => void;
  /** Another resource that DRBD has and that was probably meant, for one that drbdadm does not know. */
  readonly meant?: () => string | undefined;
}

/**
 * Runs `drbdadm adjust`: at once, as resyncs begin and peers get quorum with it. If it fails, waits until all backing devices of
 * `resource` exist and runs it again: they may just have appeared. Ends when `signal` aborts. A failure is only logged: the resource may
 * be up anyway, and DRBD decides whether it can be promoted. For the same reason this waits no longer than the first time limit;
 * afterwards `drbdadm adjust` is retried in the background. `mayStart` returns whether services of any resource can be started yet.
 */
export async function adjust(
  effects: Effects,
  log: Logger,
  resource: string,
  signal: AbortSignal,
  { mayStart = () => true, onWait = () => {}, onFailed = () => {}, meant = () => undefined }: AdjustOptions =
    {},
): Promise<void> {
  try {
    try {
      const adjustFirst = async () => {
        if (!mayStart()) await limiterOf(effects).pass();
        if (!signal.aborted) await adjustNow(effects, log, resource, onWait);
      };
      await SLOTS.of(effects).begin(effects.clock, ADJUST_ALONE_MS, adjustFirst);
    } catch (error) {
      if (error instanceof TimeLimitError || signal.aborted) throw error;
      const hasDevices = await waitForDevices(effects, log, resource, signal, onWait);
      onWait(undefined);
      if (!hasDevices) throw error;
      if (!signal.aborted) await adjustNow(effects, log, resource, onWait);
    }
  } catch (error) {
    if (signal.aborted) return;
    const isLate = error instanceof TimeLimitError;
    const next = isLate ? "; retrying in 5 s, starting its services meanwhile if DRBD allows it" : "";
    const other = isLate ? undefined : meant();
    const why = `${describe(error)}${other === undefined ? "" : ` (did you mean "${other}"?)`}`;
    log.warn("{resource}: cannot adjust the resource: {error}{next}", { resource, error: why, next });
    onFailed(why);
    if (isLate) void adjustLater(effects, log, resource, signal);
  }
}

function limiterOf(effects: Effects): TurnLimiter {
  const limiter = LIMITERS.get(effects) ?? new TurnLimiter(effects.clock, 1);
  LIMITERS.set(effects, limiter);
  return limiter;
}

/** Not cancelled by a signal: half an adjustment is worse than one that is not awaited. */
async function adjustNow(
  effects: Effects,
  log: Logger,
  resource: string,
  onWait: OnWait = () => {},
): Promise<void> {
  const timer = effects.clock.setTimer(
    FIRST_WORD_MS,
    () => onWait(`drbdadm adjust ${resource}, which does not end`),
  );
  try {
    await sharedAdjust(effects, log, resource);
  } finally {
    timer.cancel();
    onWait(undefined);
  }
}

/** One that is going on, as since before a reload, is not begun a second time. */
function sharedAdjust(effects: Effects, log: Logger, resource: string): Promise<void> {
  const running = RUNNING.get(effects) ?? new Map<string, Promise<void>>();
  RUNNING.set(effects, running);
  const known = running.get(resource);
  if (known !== undefined) return known;
  const program = drbdadm(effects, ["adjust", resource], ADJUST_MS);
  const adjusting = warnWhenSlow(effects.clock, log, resource, "drbdadm adjust", program)
    .then(() => {})
    .finally(() => running.delete(resource));
  running.set(resource, adjusting);
  return adjusting;
}

/** Retries until drbdadm ends in time. Never rejects. */
async function adjustLater(
  effects: Effects,
  log: Logger,
  resource: string,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await effects.clock.sleep(ADJUST_AGAIN_MS, signal);
    if (signal.aborted) return;
    try {
      await adjustNow(effects, log, resource);
      return;
    } catch (error) {
      log.warn("{resource}: cannot adjust the resource: {error}", { resource, error: describe(error) });
      if (!(error instanceof TimeLimitError)) return;
    }
  }
}

/** Waits until all backing devices exist, or `signal` aborts. Returns whether there are any; false if drbdadm does not name them: then its error for the adjustment says more. */
async function waitForDevices(
  effects: Effects,
  log: Logger,
  resource: string,
  signal: AbortSignal,
  onWait: OnWait,
): Promise<boolean> {
  const devices = await backingDevices(effects, resource, signal).catch(() => []);
  for (const device of devices) await waitForDevice(effects, log, resource, device, signal, onWait);
  return devices.length > 0;
}

async function backingDevices(effects: Effects, resource: string, signal: AbortSignal): Promise<string[]> {
  const output = await drbdadm(effects, ["sh-ll-dev", resource], ANSWER_TIMEOUT_MS, signal);
  return output.split("\n").filter((line) => line !== "" && line !== "none");
}

async function waitForDevice(
  effects: Effects,
  log: Logger,
  resource: string,
  device: string,
  signal: AbortSignal,
  onWait: OnWait,
): Promise<void> {
  let saidMs = -Infinity;
  while (!signal.aborted && !await isBlockDevice(effects, device)) {
    onWait(`its backing device ${device}`);
    if (effects.clock.nowMs() - saidMs >= LOG_INTERVAL_MS) {
      saidMs = effects.clock.nowMs();
      log.warn("{resource}: waits for its backing device {device}", { resource, device });
    }
    await effects.clock.sleep(POLL_INTERVAL_MS, signal);
  }
}

/** A device that cannot be examined is left to drbdadm, which has more permissions and better messages. */
async function isBlockDevice(effects: Effects, device: string): Promise<boolean> {
  try {
    return (await effects.files.stat(device))?.isBlockDevice ?? false;
  } catch {
    return true;
  }
}

/** A program exceeded its time limit and was killed. */
class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

/** The output of drbdadm. @throws If it fails; `TimeLimitError` if it exceeds its time limit. */
async function drbdadm(
  effects: Effects,
  args: readonly string[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<string> {
  const argv = ["drbdadm", ...args];
  const result = await runLimited(effects, argv, { limitMs, signal });
  if (result.code === 0) return result.stdout;
  const message = `"${argv.join(" ")}" failed: ${failureOf(result)}`;
  throw result.isLate ? new TimeLimitError(message) : new Error(message);
}
