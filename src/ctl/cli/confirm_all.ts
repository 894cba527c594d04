/** What is about everything, as nothing was named, is confirmed first. */
import { ask, canAsk } from "./ask.ts";
import { type Ctl, CtlError, EXIT, PROGRAM } from "./ctl.ts";

/** What a command line says of what it is about. */
export interface Extent {
  /** Files or resources that are named. */
  readonly files: readonly string[];
  /** `--all` */
  readonly isAll: boolean;
}

/**
 * Whether the command may go on: something is named, or all is confirmed. `question` is asked on a terminal. Called by the
 * name of drbd-reactorctl nothing is asked, as that does not.
 * @throws {CtlError} If nobody can be asked.
 */
export async function isConfirmed(
  { files, isAll }: Extent,
  question: string,
  remedy: string,
  ctl: Ctl,
): Promise<boolean> {
  if (isAll && files.length > 0) {
    throw new CtlError("--all and names exclude each other", { remedy, exitCode: EXIT.usage });
  }
  if (files.length > 0 || isAll || ctl.program !== PROGRAM) return true;
  if (!canAsk(ctl)) {
    throw new CtlError(`No file or resource is named, and nobody can be asked: ${question}`, {
      remedy,
      exitCode: EXIT.usage,
    });
  }
  const isWanted = await ask(ctl, question, false);
  if (!isWanted) ctl.err.line("Nothing was done");
  return isWanted;
}
