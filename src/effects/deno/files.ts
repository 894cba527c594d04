/** Files, from Deno. */
import { statByProgram } from "./stat.ts";
import { denoClock } from "./clock.ts";
import { describe } from "../describe.ts";
import { FileError, type FileInfo, type Files, NotFoundError } from "../effects.ts";
import { within } from "../waiting/within.ts";
import { giveToWatchers } from "./watchers_group.ts";

/** Why the sandbox refuses a path to the daemon. */
const NOT_KEPT = "the sandbox only allows what was configured when drbdd started; restart drbdd";

/** Runs `action`; a failure becomes a `FileError` that names the operation, the path and the reason. */
type Attempt = <Result>(what: string, path: string, action: () => Promise<Result>) => Promise<Result>;

/** Limits for what the daemon reads: a regular file, of bounded size, within a bounded time. */
export interface FileLimits {
  readonly mostBytes: number;
  readonly withinMs: number;
}

export const DAEMON_LIMITS: FileLimits = { mostBytes: 16 * 1024 * 1024, withinMs: 5_000 };

/** Deno's message for a refused access, for example `Requires write access to "/run/x", run again with ...`. */
const REFUSED = /Requires (\w+) access to ("[^"]*")/;

function attemptWith(notAllowed: string, limits: FileLimits | undefined): Attempt {
  return async (what, path, action) => {
    try {
      return await (limits === undefined ? action() : within(denoClock, limits.withinMs, action()));
    } catch (error) {
      const reason = error instanceof Deno.errors.NotCapable
        ? `${refusedIn(error)}${notAllowed}`
        : describe(error);
      const message = `Cannot ${what} "${path}": ${reason}`;
      throw error instanceof Deno.errors.NotFound ? new NotFoundError(message) : new FileError(message);
    }
  };
}

function refusedIn({ message }: Error): string {
  const [, access, name] = REFUSED.exec(message) ?? [];
  return access === undefined ? "" : `not permitted to ${access} ${name}: `;
}

/** Refuses anything but a regular file of at most so many bytes: reading a FIFO may block for ever, a device may fill the memory. */
async function checkReadable(path: string, { mostBytes }: FileLimits): Promise<void> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new FileError("it is not a regular file");
  if (size > mostBytes) {
    throw new FileError(`it has ${size} bytes, expected at most ${mostBytes}`);
  }
}

function infoOf(info: Deno.FileInfo): FileInfo {
  return {
    isFile: info.isFile,
    isDirectory: info.isDirectory,
    isBlockDevice: info.isBlockDevice ?? false,
    sizeBytes: info.size,
    mode: (info.mode ?? 0) & 0o7777,
    modifiedMs: info.mtime?.getTime() ?? 0,
  };
}

/** From 2.5 on, Deno refuses these unless everything is allowed. */
function isSpecial(path: string): boolean {
  return path.startsWith("/dev/") || path.startsWith("/sys/");
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What takes the place of a file gets its group. Never rejects: there may be no such file, or it may not be given to that group. */
async function giveGroupOf(path: string, to: string): Promise<void> {
  try {
    const [{ gid }, now] = await Promise.all([Deno.stat(path), Deno.stat(to)]);
    if (gid !== null && gid !== now.gid) await Deno.chown(to, null, gid);
  } catch {
    // It keeps the group of the process.
  }
}

/** `notAllowed` explains a refusal by the sandbox. Without `limits` any file can be read, for any time. */
export function denoFilesWith(notAllowed: string, limits?: FileLimits): Files {
  const attempt = attemptWith(notAllowed, limits);
  return {
    readText: (path) =>
      attempt("read", path, async () => {
        if (limits !== undefined) await checkReadable(path, limits);
        return await Deno.readTextFile(path);
      }),

    writeTextAtomic: (path, text, mode = 0o644) =>
      attempt("write", path, async () => {
        const temporary = `${path}.drbdd-new`;
        try {
          await Deno.writeTextFile(temporary, text, { mode });
          await (path.startsWith("/run/") ? giveToWatchers(temporary) : giveGroupOf(path, temporary));
          await Deno.rename(temporary, path);
        } catch (error) {
          await removeIfThere(temporary);
          throw error;
        }
      }),

    list: (directory) =>
      attempt("list", directory, async () => {
        const names: string[] = [];
        for await (const { name } of Deno.readDir(directory)) names.push(name);
        return names.sort();
      }),

    stat: (path) =>
      attempt("look at", path, async () => {
        try {
          return infoOf(await Deno.stat(path));
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) return undefined;
          if (error instanceof Deno.errors.NotCapable && isSpecial(path)) return await statByProgram(path);
          throw error;
        }
      }),

    makeDirectory: (path) =>
      attempt("make the directory", path, async () => {
        await Deno.mkdir(path, { recursive: true });
        await giveToWatchers(path);
      }),
    remove: (path) => attempt("remove", path, () => removeIfThere(path)),
    rename: (from, to) => attempt("rename", from, () => Deno.rename(from, to)),
    realPath: (path) => attempt("follow", path, () => Deno.realPath(path)),
  };
}

export const denoFiles: Files = denoFilesWith(NOT_KEPT, DAEMON_LIMITS);
