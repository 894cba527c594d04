/** A failed systemctl as a message: its error output, without the requested properties. */
import { SystemctlError } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { describe } from "../../effects/describe.ts";
import { ProgramError } from "../../effects/effects.ts";

/** Undefined if the error is of something else. */
export function systemctlFailure(error: unknown): string | undefined {
  if (error instanceof ProgramError && error.program === "systemctl") return describe(error);
  if (!(error instanceof SystemctlError)) return undefined;
  return describe(error).replace(/^"systemctl (\w[\w-]*) [^"]*" failed: /, '"systemctl $1" failed: ');
}
