/** Explains which units of a start list do not run although the resource is up, and why. */
import type { NotStartedReason } from "./resource_units.ts";
import type { Missing } from "../../control/services.ts";
import type { Systemctl } from "./systemctl.ts";

/** A condition or an assertion, in the words of `systemctl status`. */
const UNMET = /((?:Condition|Assert)\w+=.*?) was not met/g;

/** @throws {ProgramError} If there is no systemctl. */
export function missingUnits(
  systemctl: Systemctl,
  reasons: ReadonlyMap<string, NotStartedReason>,
): Promise<Missing[]> {
  return Promise.all([...reasons].map(async ([unit, reason]) => {
    if (reason === "notReached") return { unit, why: "it was not started: a unit before it did not come up" };
    if (reason === "cancelled") return { unit, why: "its start was cancelled" };
    // "systemctl show" does not print conditions; only this does.
    const { stdout } = await systemctl.run(["status", "--lines=0", "--", unit]);
    const unmet = [...stdout.matchAll(UNMET)].map((match) => match[1] ?? "").join(", ");
    const what = reason === "condition" ? "a condition" : "an assertion";
    return { unit, why: `${unmet === "" ? what : unmet} was not met` };
  }));
}

/** For messages. */
export function describeMissing(missing: readonly Missing[]): string {
  return missing.map(({ unit, why }) => `${unit} does not run: ${why}`).join("; ");
}
