/** Time limits for calls that the system may never answer. */
import { type Clock, FileError } from "./effects.ts";

/** The result of `action`. Rejects with `FileError` if there is none within `limitMs`; then it is abandoned. */
export async function within<Result>(
  clock: Clock,
  limitMs: number,
  action: Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const late = clock.sleep(limitMs, over.signal).then(() => {
    if (!over.signal.aborted) throw new FileError(`no answer within ${limitMs / 1000} s`);
    return action;
  });
  try {
    return await Promise.race([action, late]);
  } finally {
    over.abort();
  }
}

/** Waits for `action`, but not for longer than `limitMs`. Rejects only if `action` does. */
export async function atMost(clock: Clock, limitMs: number, action: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([action, clock.sleep(limitMs, over.signal)]);
  over.abort();
}
