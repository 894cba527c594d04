/** The file of a log, from Deno. */
import { denoClock } from "./clock.ts";
import { FileError } from "../effects.ts";
import { within } from "../waiting/within.ts";

/** Storage that does not respond within this time gets no log. */
const OPEN_WITHIN_MS = 2_000;

export interface LogFile {
  /** Writes some of the bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/**
 * Opens a log for appending. Rejects if that takes long, or if it is not a file or device: a FIFO without reader, or a link out of its
 * directory, which others may be able to write to.
 */
export async function openLogFile(path: string): Promise<LogFile> {
  return await within(denoClock, OPEN_WITHIN_MS, open(path));
}

async function open(path: string): Promise<LogFile> {
  const there = await Deno.lstat(path).catch(whereNothingIs);
  if (there?.isSymlink === true) {
    const [target, folder] = await Promise.all([Deno.realPath(path), Deno.realPath(folderOf(path))]);
    if (folderOf(target) !== folder) {
      throw new FileError(`it is a link to ${target}, outside of its directory`);
    }
  }
  const found = there?.isSymlink === true ? await Deno.stat(path) : there;
  if (found !== undefined && !found.isFile && found.isCharDevice !== true) {
    throw new FileError("it is not a regular file");
  }
  return await Deno.open(path, { append: true, create: true });
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}

function whereNothingIs(error: unknown): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw error;
}
