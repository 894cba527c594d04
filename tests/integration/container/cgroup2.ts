/** Where cgroup2 is mounted on this machine, and which of its cgroups this process is in. */

/**
 * The mount point: /sys/fs/cgroup, or below it on a machine that has the controllers in cgroup v1.
 * @returns Undefined if there is none.
 */
export function cgroup2Mount(): string | undefined {
  for (const line of Deno.readTextFileSync("/proc/self/mounts").split("\n")) {
    const [, mountPoint, type] = line.split(" ");
    if (type === "cgroup2") return mountPoint;
  }
  return undefined;
}

/** This process's own cgroup, as a path below the mount point. Always starts with a slash. */
export function ownCgroup2(): string {
  const own = Deno.readTextFileSync("/proc/self/cgroup").split("\n").find((line) => line.startsWith("0::"));
  if (own === undefined) throw new Error('Cannot find the own cgroup: no line "0::" in /proc/self/cgroup');
  return own.slice("0::".length);
}
