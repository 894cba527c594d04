/**
 * Notices that whoever started the demo is gone. npx does not hand signals on: it ends, and the `deno task` that it started
 * goes on, adopted by another process, and the demo with it.
 */

/** The parent of this process and, where the system shows it, its parent. They change when one of the two ends. */
export function ancestors(): string {
  return `${Deno.ppid} ${parentOf(Deno.ppid) ?? ""}`;
}

/** From proc(5): what follows the name of the program, which is in parentheses, is its state, then its parent. */
function parentOf(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return undefined;
  }
}
