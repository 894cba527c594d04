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
