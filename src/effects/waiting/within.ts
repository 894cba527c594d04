/** Time limits for calls that the system may never answer. */
import { type Clock, FileError } from "../effects.ts";

/** The result of `action`. Rejects with `FileError` if there is none within `limitMs`; then it is abandoned. */
export async function within<Result>(
  clock: Clock,
  limitMs: number,
  action: Promise<Result>,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  // Each file is read and written with such a limit: a signal instead of a timer would cost ten times as much.
  const timer = clock.setTimer(
    limitMs,
    () => late.reject(new FileError(`no answer within ${limitMs / 1000} s`)),
  );
  try {
    return await Promise.race([action, late.promise]);
  } finally {
    timer.cancel();
  }
}

/**
 * Waits for `action`, but not for longer than `limitMs`. Returns whether it ended within that time; rejects only if `action`
 * does.
 */
export async function endsWithin(clock: Clock, limitMs: number, action: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = clock.sleep(limitMs, over.signal).then(() => false);
  try {
    return await Promise.race([action.then(() => true), late]);
  } finally {
    over.abort();
  }
}
