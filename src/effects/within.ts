/** Time limits for what the system may never answer. */
import { type Clock, FileError } from "./effects.ts";

/** What `action` returns. Rejects with `FileError` if there is no answer within `limitMs`; nobody waits for it then. */
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
