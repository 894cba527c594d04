/** Decodes the raw status of a user-mode helper. */
import type { Counter } from "./counter.ts";

/** How a helper ended. */
export type HelperOutcome =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "killed"; readonly signal: number }
  | { readonly kind: "failed"; readonly errno: number };

/** Errno values are at most 4095; as negative numbers in unsigned 32 bit they are the top of the range. */
const LOWEST_WRAPPED_ERRNO = 2 ** 32 - 4095;

/**
 * Reads the `status` of a helper's response: what the kernel's helper call returned, as an unsigned 32 bit number.
 * That is a wait status (exit code times 256, or a signal's number), or a negative errno if the helper could not be
 * run at all. Source: drbd_nl.c of the kernel module, wait(2).
 */
export function helperOutcome(status: Counter): HelperOutcome {
  const raw = Number(status);
  if (raw >= LOWEST_WRAPPED_ERRNO && raw < 2 ** 32) return { kind: "failed", errno: 2 ** 32 - raw };
  const signal = raw & 0x7f;
  return signal === 0 ? { kind: "exited", exitCode: (raw >>> 8) & 0xff } : { kind: "killed", signal };
}
