/** When what is built was written, for builds that can be repeated to the byte. */
import { run } from "./command.ts";

/** Seconds since 1970 of the last commit; 0 outside of a repository. */
export async function timeOfCommit(): Promise<string> {
  const { success, stdout } = await run("git", ["log", "-1", "--format=%ct"]);
  return success ? stdout.trim() : "0";
}
