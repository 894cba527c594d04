/** drbddctl: what an administrator does with drbdd. */
import process from "node:process";

/** Runs the control program with the arguments after its name. Returns the exit code. */
export function runDrbddctl(_args: readonly string[]): Promise<number> {
  process.stderr.write("drbddctl is not part of this build of drbdd\n");
  return Promise.resolve(1);
}
