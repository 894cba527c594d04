/**
 * Deno's calls for files. systemd's drop-ins and drbdd's own files in /run are in memory: a call takes microseconds there, but
 * would wait several times as long for the event loop, and hundreds of them precede the first start of many resources.
 */
import { Turnstile } from "../waiting/turnstile.ts";
import { denoClock } from "./clock.ts";
import { giveToWatchers } from "./watchers_group.ts";

export interface FileCalls {
  mkdir(path: string): Promise<void>;
  /** Names of the entries of a directory. */
  names(directory: string): Promise<string[]>;
  readTextFile(path: string): Promise<string>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  stat(path: string): Promise<Deno.FileInfo>;
  writeTextFile(path: string, text: string, mode: number): Promise<void>;
  /** What takes the place of a file gets its group. Never rejects. */
  keepGroup(from: string, to: string): Promise<void>;
}

/** Not all of /run: removable disks are mounted there, too. */
const IN_MEMORY = ["/run/systemd/", "/run/drbdd/"];
/** After so many calls, some 10 ms, the event loop goes on. */
const MOST_IN_A_TURN = 400;
const TURNSTILE = new Turnstile(denoClock, MOST_IN_A_TURN);

const WAITING: FileCalls = {
  mkdir: (path) => Deno.mkdir(path, { recursive: true }),
  names: async (directory) => {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(directory)) names.push(name);
    return names;
  },
  readTextFile: (path) => Deno.readTextFile(path),
  remove: (path) => Deno.remove(path),
  rename: (from, to) => Deno.rename(from, to),
  stat: (path) => Deno.stat(path),
  writeTextFile: (path, text, mode) => Deno.writeTextFile(path, text, { mode }),
  keepGroup: async (from, to) => {
    try {
      const [{ gid }, now] = await Promise.all([Deno.stat(from), Deno.stat(to)]);
      if (gid !== null && gid !== now.gid) await Deno.chown(to, null, gid);
    } catch {
      // There is none yet, or it may not be given to that group.
    }
  },
};

const AT_ONCE: FileCalls = {
  mkdir: (path) =>
    inTurn(() => {
      Deno.mkdirSync(path, { recursive: true });
      giveToWatchers(path);
    }),
  names: (directory) => inTurn(() => Array.from(Deno.readDirSync(directory), ({ name }) => name)),
  readTextFile: (path) => inTurn(() => Deno.readTextFileSync(path)),
  remove: (path) => inTurn(() => Deno.removeSync(path)),
  rename: (from, to) => inTurn(() => Deno.renameSync(from, to)),
  stat: (path) => inTurn(() => Deno.statSync(path)),
  writeTextFile: (path, text, mode) => inTurn(() => Deno.writeTextFileSync(path, text, { mode })),
  keepGroup: (_, to) => Promise.resolve(giveToWatchers(to)),
};

/** For a file or directory at `path`. What is below one of `inMemory` answers at once. */
export function fileCallsFor(path: string, inMemory = IN_MEMORY): FileCalls {
  return inMemory.some((folder) => path.startsWith(folder)) ? AT_ONCE : WAITING;
}

async function inTurn<Result>(call: () => Result): Promise<Result> {
  await TURNSTILE.pass();
  return call();
}
