/** Programs that create a process group and that signal one. */
import type { SignalName } from "./effects.ts";

/**
 * Starts a program as the leader of a session and group, with the child's process id. Deno's `detached` does so too, but copies the daemon's
 * page tables, which blocks the daemon for some ten milliseconds.
 */
export function leadingGroup(argv: readonly string[]): string[] {
  return ["/usr/bin/setsid", ...argv];
}

/**
 * Signals the whole group of `leader`. Right after its start it has no group yet: then only the leader is signalled, if it exists.
 *
 * Deno lets a sandboxed program signal only its own children, not a group, so a shell does it. That needs no further permission: groups
 * are only made for administrators' commands, which run in a shell anyway.
 */
export function killingGroup(leader: number, signal: SignalName, leaderIsThere: boolean): string[] {
  const kill = `kill -${signal.slice(3)}`;
  return ["/bin/sh", "-c", leaderIsThere ? `${kill} -${leader} || ${kill} ${leader}` : `${kill} -${leader}`];
}

/**
 * Signals what is left of the group after its leader, with process id `leader`, has exited; signal 0 only checks. Fails if
 * nothing is left.
 *
 * The kernel gives a group's number to no new process while the group has members. So if a process with that number exists, it
 * is another one and the group is empty.
 */
export function killingLeftovers(leader: number, signal: SignalName | "0"): string[] {
  return ["/bin/sh", "-c", `test ! -e /proc/${leader} && kill -${signal.replace("SIG", "")} -${leader}`];
}

/**
 * Succeeds if something of that group still runs. What has died stays in the group until its parent takes notice, which the
 * first process of a container may do late or never.
 */
export function findingLeftovers(leader: number): string[] {
  const [shell = "", option = "", check = ""] = killingLeftovers(leader, "0");
  // Of "PID (NAME) STATE PARENT GROUP ...", what follows the name.
  const each = `read -r stat <$file; set -- \${stat##*) }; test "$3" = ${leader} && test "$1" != Z && exit 0`;
  return [shell, option, `${check} && for file in /proc/[0-9]*/stat; do ${each}; done 2>/dev/null; exit 1`];
}
