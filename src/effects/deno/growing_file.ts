/** Files to append to, from Deno. */
import { FileError } from "../effects.ts";
import type { MakeFile } from "../growing_file.ts";

/** Readable by its owner only: recordings are not public. */
const MODE = 0o600;

export const makeDenoFile: MakeFile = async (path, mayReplace) => {
  const file = await open(path, mayReplace);
  let last: Promise<void> = Promise.resolve();
  return {
    write(text) {
      last = last.then(() => writeAll(file, new TextEncoder().encode(text)));
      return last;
    },
    async close() {
      try {
        await last;
        await file.syncData();
      } finally {
        file.close();
      }
    },
  };
};

async function open(path: string, mayReplace: boolean): Promise<Deno.FsFile> {
  try {
    const how = mayReplace ? { create: true, truncate: true } : { createNew: true };
    return await Deno.open(path, { write: true, mode: MODE, ...how });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) throw new FileError(`"${path}" already exists`);
    if (cause instanceof Deno.errors.NotCapable) {
      throw new FileError(
        `Cannot create "${path}": drbddctl may write only below /root, /home, /tmp, /var and the like`,
      );
    }
    throw new FileError(`Cannot create "${path}"`, { cause });
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}
