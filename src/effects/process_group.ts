/** Process groups: the programs that make one, and that signal all of it. */
import type { SignalName } from "./effects.ts";

/**
 * How to start a program as the leader of a session and group, under the process id of the child. Deno's `detached`
 * does so too, but to that end it copies the page tables of the whole daemon, and nothing else happens for some ten
 * milliseconds.
 */
export function leadingGroup(argv: readonly string[]): string[] {
  return ["/usr/bin/setsid", ...argv];
}

/**
 * How to signal all of the group that `leader` leads. In its first moments it has no group yet: then it alone is
 * signalled, if it is known to be there.
 *
 * Deno lets a sandboxed program signal its own children only, not a group; so a shell does it. The shell is one that
 * may be run anyway, as only commands of administrators lead groups, and those run in a shell.
 */
export function killingGroup(leader: number, signal: SignalName, leaderIsThere: boolean): string[] {
  const kill = `kill -${signal.slice(3)}`;
  return ["/bin/sh", "-c", leaderIsThere ? `${kill} -${leader} || ${kill} ${leader}` : `${kill} -${leader}`];
}
