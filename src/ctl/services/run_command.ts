/** A command of the shell runner, run by hand as the promoter would run it. */
import { environmentOf, SHELL } from "../../../plugins/promoter/shell/shell_command.ts";
import type { Ctl } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";

/** Prints its output and result. Returns whether it succeeded. */
export async function runCommand(
  name: string,
  step: "start" | "stop",
  command: string,
  ctl: Ctl,
): Promise<boolean> {
  const { effects, err } = ctl;
  const run = effects.processes.run([SHELL, "-c", command], { env: environmentOf(name), group: true });
  const { code, signal, stdout, stderr } = await withProgress(ctl, `Running "${command}"`, run);
  const output = `${stdout}${stderr}`.trimEnd();
  if (output !== "") err.line(output);
  if (code === 0) {
    err.line(`Ran the ${step} command "${command}" of ${name}`);
    return true;
  }
  err.line(`${err.style.bad("Failed")}: "${command}" of ${name}: ${signal ?? `exit code ${code}`}`);
  return false;
}
