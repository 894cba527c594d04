/** What has to be done before a resource may be started: DRBD is configured, with its backing devices. */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import { failureOf, runLimited } from "../../../src/effects/limited_run.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { Turnstile } from "../../../src/daemon/source/turnstile.ts";
import { FIRST_WORD_MS, warnWhenSlow } from "./slow_operation_warning.ts";
import { SharedSlots } from "./slots.ts";

const LOOK_EVERY_MS = 2_000;
const SAY_EVERY_MS = 60_000;
/** drbdadm only reads its files for that. */
const ANSWER_MS = 10_000;
/** drbdadm has limits of its own for what it runs, of up to two minutes each: it says which one hangs. */
const ADJUST_MS = 300_000;
/** A drbdadm that hung is run again after this. */
const ADJUST_AGAIN_MS = 5_000;
/**
 * So many of hundreds of resources are adjusted at a time: to start hundreds of programs at once takes drbdd seconds, in which
 * it starts no service. One that takes longer than this does not count any more.
 */
const ADJUSTED_AT_ONCE = 8;
const ADJUST_ALONE_MS = 1_000;
const SLOTS = new SharedSlots(ADJUSTED_AT_ONCE);
/**
 * As long as nothing can be started yet, one of them in a turn of the event loop: to start a program takes drbdd milliseconds,
 * in which it learns nothing of what starts rest on.
 */
const TURNSTILES = new WeakMap<Effects, Turnstile>();

/** Called with what is being waited for, in words that go on after "waits for"; undefined: that is over. */
type OnWait = (what: string | undefined) => void;

interface AdjustOptions {
  readonly mayStart?: () => boolean;
  readonly onWait?: OnWait;
}

/**
 * Runs `drbdadm adjust`: at once, as with it a resync begins and peers get their quorum. If it fails, waits until all backing
 * devices of `resource` are there, and runs it once more: they may just have come. Ends without having done it when `signal` aborts. A failure
 * is logged and left at that: the resource may be up all the same, and DRBD decides whether it can be promoted. For the
 * same reason this does not wait longer than for the first time limit; then `drbdadm adjust` is tried again in the
 * background until it ends. `mayStart` says whether services of any resource can be started by now.
 */
export async function adjust(
  effects: Effects,
  log: Logger,
  resource: string,
  signal: AbortSignal,
  { mayStart = () => true, onWait = () => {} }: AdjustOptions = {},
): Promise<void> {
  try {
    try {
      const adjustFirst = async () => {
        if (!mayStart()) await turnstileOf(effects).pass();
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
    const next = isLate ? "; trying again in 5 s, and starting it if DRBD allows that" : "";
    log.warn("{resource}: cannot adjust it: {error}{next}", { resource, error: describe(error), next });
    if (isLate) void adjustLater(effects, log, resource, signal);
  }
}

function turnstileOf(effects: Effects): Turnstile {
  const turnstile = TURNSTILES.get(effects) ?? new Turnstile(effects.clock, 1);
  TURNSTILES.set(effects, turnstile);
  return turnstile;
}

/** Not ended by a signal: half an adjustment is worse than one nobody waits for. */
async function adjustNow(
  effects: Effects,
  log: Logger,
  resource: string,
  onWait: OnWait = () => {},
): Promise<void> {
  const adjusting = drbdadm(effects, ["adjust", resource], ADJUST_MS);
  const timer = effects.clock.setTimer(
    FIRST_WORD_MS,
    () => onWait(`drbdadm adjust ${resource}, which does not end`),
  );
  try {
    await warnWhenSlow(effects.clock, log, resource, "drbdadm adjust", adjusting);
  } finally {
    timer.cancel();
    onWait(undefined);
  }
}

/** Until drbdadm ends. Never rejects. */
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
      log.warn("{resource}: cannot adjust it: {error}", { resource, error: describe(error) });
      if (!(error instanceof TimeLimitError)) return;
    }
  }
}

/**
 * Waits until all backing devices are there, or `signal` aborts. Returns whether there are any; false if drbdadm does not
 * name them: then its complaint about the adjustment says more.
 */
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
  const output = await drbdadm(effects, ["sh-ll-dev", resource], ANSWER_MS, signal);
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
    if (effects.clock.nowMs() - saidMs >= SAY_EVERY_MS) {
      saidMs = effects.clock.nowMs();
      log.warn("{resource}: waits for its backing device {device}", { resource, device });
    }
    await effects.clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** A device that cannot be looked at is left to drbdadm, which has more rights and better words. */
async function isBlockDevice(effects: Effects, device: string): Promise<boolean> {
  try {
    return (await effects.files.stat(device))?.isBlockDevice ?? false;
  } catch {
    return true;
  }
}

/** A program that did not end in time was killed. */
class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

/** Returns what drbdadm printed. @throws If it fails, with what it said; `TimeLimitError` if it does not end in time. */
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
