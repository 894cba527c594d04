/** Lock files, by flock(2). */
import { denoClock } from "./clock.ts";
import { describe } from "../describe.ts";
import { FileError } from "../effects.ts";
import type { HeldFile, Locks } from "../locks.ts";

const MODE = 0o600;

export const denoLocks: Locks = {
  async take(path, waitMs) {
    const file = await attempt(
      "open",
      path,
      () => Deno.open(path, { read: true, write: true, create: true, mode: MODE }),
    );
    const waiting = new AbortController();
    // Deno 2.4 cannot try without waiting. A lock that comes too late is released at once.
    const locked = file.lock(true).then(() => true);
    const isLocked = await attempt(
      "lock",
      path,
      () => Promise.race([locked, denoClock.sleep(waitMs, waiting.signal).then(() => false)]),
    );
    waiting.abort();
    if (isLocked) return heldFile(file, path);
    locked.catch(() => {}).finally(() => file.close());
    return undefined;
  },
};

function heldFile(file: Deno.FsFile, path: string): HeldFile {
  return {
    write: (text) =>
      attempt("write", path, async () => {
        const bytes = new TextEncoder().encode(text);
        await file.truncate(0);
        await file.seek(0, Deno.SeekMode.Start);
        for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      }),
    close: () => file.close(),
  };
}

async function attempt<Result>(what: string, path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw new FileError(`Cannot ${what} "${path}": ${describe(error)}`);
  }
}
