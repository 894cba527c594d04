/** Confirms commands that apply to everything because nothing was named. */
import { ask, canAsk } from "./ask.ts";
import { type Ctl, CtlError, EXIT, PROGRAM } from "./ctl.ts";

/** The objects of a command line. */
export interface Extent {
  /** Named files or resources. */
  readonly files: readonly string[];
  /** `--all` */
  readonly isAll: boolean;
}

/**
 * Whether the command may continue: something is named, or all is confirmed. `question` is asked on a terminal. Called as
 * drbd-reactorctl it does not ask, like that program.
 * @throws {CtlError} If there is no terminal.
 */
export async function isConfirmed(
  { files, isAll }: Extent,
  question: string,
  remedy: string,
  ctl: Ctl,
): Promise<boolean> {
  if (isAll && files.length > 0) {
    throw new CtlError("--all cannot be combined with names", { remedy, exitCode: EXIT.usage });
  }
  if (files.length > 0 || isAll || ctl.program !== PROGRAM) return true;
  if (!canAsk(ctl)) {
    throw new CtlError(`No file or resource is named, and stdin is not a terminal: ${question}`, {
      remedy,
      exitCode: EXIT.usage,
    });
  }
  const isWanted = await ask(ctl, question, false);
  if (!isWanted) ctl.err.line("Nothing was changed");
  return isWanted;
}
