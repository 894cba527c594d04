/** Files, from Deno. */
import { statByProgram } from "./deno_stat.ts";
import { describe } from "./describe.ts";
import { FileError, type FileInfo, type Files, NotFoundError } from "./effects.ts";

/** Why the sandbox refuses something to the daemon. */
const NOT_KEPT = "the sandbox has only what the configuration named when drbdd started; restart drbdd";

/** Runs `action`; its failure becomes a `FileError` that says what could not be done to which path. */
type Attempt = <Result>(what: string, path: string, action: () => Promise<Result>) => Promise<Result>;

function attemptWith(notAllowed: string): Attempt {
  return async (what, path, action) => {
    try {
      return await action();
    } catch (error) {
      const reason = error instanceof Deno.errors.NotCapable ? notAllowed : describe(error);
      const message = `Cannot ${what} "${path}": ${reason}`;
      throw error instanceof Deno.errors.NotFound ? new NotFoundError(message) : new FileError(message);
    }
  };
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

/** From 2.5 on, Deno refuses to look at these unless everything is allowed. */
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

/** `notAllowed` is said where the sandbox is in the way. */
export function denoFilesWith(notAllowed: string): Files {
  const attempt = attemptWith(notAllowed);
  return {
    readText: (path) => attempt("read", path, () => Deno.readTextFile(path)),

    writeTextAtomic: (path, text, mode = 0o644) =>
      attempt("write", path, async () => {
        const temporary = `${path}.drbdd-new`;
        try {
          await Deno.writeTextFile(temporary, text, { mode });
          await Deno.rename(temporary, path);
        } catch (error) {
          await removeIfThere(temporary);
          throw error;
        }
      }),

    list: (directory) =>
      attempt("list", directory, async () => {
        const names: string[] = [];
        for await (const entry of Deno.readDir(directory)) names.push(entry.name);
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

    makeDirectory: (path) => attempt("make the directory", path, () => Deno.mkdir(path, { recursive: true })),
    remove: (path) => attempt("remove", path, () => removeIfThere(path)),
    rename: (from, to) => attempt("rename", from, () => Deno.rename(from, to)),
    realPath: (path) => attempt("follow", path, () => Deno.realPath(path)),
  };
}

export const denoFiles: Files = denoFilesWith(NOT_KEPT);
