/**
 * The group whose members may read the state without being root: that of the configuration. What drbdd makes in /run is
 * given to it; the modes of files say what its members may do with them. Known to each thread by itself.
 */

/** Where the daemon keeps what drbddctl reads. */
const FOLDER = "/run/drbdd/";

let group: number | undefined;

/** Takes the group of a file. A file that cannot be looked at, or is root's, has none. */
export function takeWatchersGroup(path: string): void {
  try {
    group = Deno.statSync(path).gid || undefined;
  } catch {
    group = undefined;
  }
}

/** Gives drbdd's files in /run to the group. Never rejects: without the permission nothing changes. */
export async function giveToWatchers(path: string, folder = FOLDER): Promise<void> {
  if (group === undefined || !path.startsWith(folder)) return;
  try {
    await Deno.chown(path, null, group);
  } catch {
    // Members of the group see less then.
  }
}
