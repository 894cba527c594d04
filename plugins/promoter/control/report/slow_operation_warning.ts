/** Slow-operation warnings: the log says what drbdd is waiting for. */
import type { Clock } from "../../../../src/effects/effects.ts";
import type { Logger } from "../../../../src/logging/logging.ts";

/** The first line comes after this. */
export const FIRST_WORD_MS = 10_000;
/** Then one each minute, as a warning. */
const LOG_INTERVAL_MS = 60_000;

/**
 * Waits for `action`, and logs after 10 s and then each minute that `what` (of `resource`, if it is about one) is still
 * going on, with what it waits for by then, if that is known.
 */
export async function warnWhenSlow<Result>(
  clock: Clock,
  log: Logger,
  resource: string | undefined,
  what: string,
  action: Promise<Result>,
  waitsFor: () => string | undefined = () => undefined,
): Promise<Result> {
  const beginMs = clock.nowMs();
  const say = () => {
    const passedMs = clock.nowMs() - beginMs;
    const awaited = waitsFor();
    const text = `${what} is still going on after ${Math.round(passedMs / 1000)} s` +
      (awaited === undefined ? "" : `, waiting for ${awaited}`);
    const level = passedMs < LOG_INTERVAL_MS ? "info" : "warn";
    if (resource === undefined) log[level]("{text}", { text });
    else log[level]("{resource}: {text}", { resource, text });
    const nextMs = passedMs < LOG_INTERVAL_MS ? LOG_INTERVAL_MS - passedMs : LOG_INTERVAL_MS;
    timer = clock.setTimer(nextMs, say);
  };
  let timer = clock.setTimer(FIRST_WORD_MS, say);
  try {
    return await action;
  } finally {
    timer.cancel();
  }
}
