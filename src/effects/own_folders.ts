/** Folders of the daemon itself, by its environment. An empty variable is like none. */

/** Returns the value of an environment variable. */
export type Environment = (name: string) => string | undefined;

/** systemd's RuntimeDirectory=; undefined if drbdd was not started with one. */
export function runtimeDirectory(environment: Environment): string | undefined {
  return environment("RUNTIME_DIRECTORY")?.split(":")[0] || undefined;
}

/**
 * Where the monitor thread makes its sockets if there is no runtime directory. The sandbox has to keep the very same folder: a
 * thread with a permission that its parent lacks is not started.
 */
export function temporaryFolder(environment: Environment): string {
  return environment("TMPDIR") || "/tmp";
}

/** Read and written whatever is configured. `net`: whether the monitor thread may run. */
export function ownFolders(environment: Environment, net: boolean): string[] {
  const runtime = runtimeDirectory(environment);
  // The notifier's own socket, the inner socket of an HTTP server, and the lock files of the node's daemons.
  const folders = [runtime ?? "/run/drbdd"];
  if (net && runtime === undefined) folders.push(temporaryFolder(environment));
  return folders;
}
