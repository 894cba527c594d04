/** Resource usage of this process, from Deno. */
import process from "node:process";
import type { OwnProcess } from "../effects.ts";

/** Counts without another program; the process in question is the shell's parent. */
const COUNT_FILES = 'set -- "/proc/$PPID/fd/"*; echo $#';
const COUNT_FILES_WITHIN_MS = 2_000;

export const denoOwnProcess: OwnProcess = {
  usage() {
    const { user, system } = process.cpuUsage();
    return {
      startedMs: performance.timeOrigin,
      residentBytes: Deno.memoryUsage().rss,
      cpuSeconds: (user + system) / 1e6,
    };
  },

  async openFiles() {
    try {
      let count = 0;
      for await (const _ of Deno.readDir("/proc/self/fd")) count++;
      // One of them was open for counting.
      return count - 1;
    } catch {
      // From 2.5 on, Deno does not let a sandboxed program read /proc.
      return await countByShell();
    }
  },
};

/** Undefined where the sandbox has no shell. */
async function countByShell(): Promise<number | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("/bin/sh", {
      args: ["-c", COUNT_FILES],
      clearEnv: true,
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(COUNT_FILES_WITHIN_MS),
    }).output();
    const count = Number(new TextDecoder().decode(stdout));
    return success && count > 0 ? count : undefined;
  } catch {
    return undefined;
  }
}
