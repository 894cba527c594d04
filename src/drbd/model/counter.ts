/**
 * An unsigned 64 bit counter of DRBD: a number up to 2^53 (in practice always: 8 EiB in KiB), which is cheap in arithmetic and
 * JSON, and a bigint beyond, which is exact.
 */
export type Counter = number | bigint;

/** Any number of fifteen digits is below 2^53. */
const ALWAYS_EXACT_DIGITS = 15;

/** Parses an unsigned decimal; undefined for anything else. */
export function parseCounter(text: string): Counter | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  if (text.length <= ALWAYS_EXACT_DIGITS) return Number(text);
  const exact = BigInt(text);
  return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact;
}

/**
 * What drbdsetup prints for 64 bit counters that the kernel did not send: all ones, also halved (where sectors are
 * printed as KiB). Source: drbdsetup.c.
 */
const FILLERS = new Set(["9223372036854775807", "18446744073709551615"]);
/** The same for counters of pending requests, which have 32 bit. */
const FILLER_32_BIT = "4294967295";

/** Like `parseCounter`, but undefined for a filler: the kernel sent no value. */
export function parsePrintedCounter(text: string): Counter | undefined {
  return FILLERS.has(text) ? undefined : parseCounter(text);
}

/** Like `parsePrintedCounter`, for a counter of pending requests. */
export function parsePrintedPending(text: string): Counter | undefined {
  return text === FILLER_32_BIT ? undefined : parseCounter(text);
}

/** `counter` times `factor`, exact. `factor` is an integer, for example 1024 to convert KiB to bytes. */
export function scaleCounter(counter: Counter, factor: number): Counter {
  if (typeof counter === "number") {
    const product = counter * factor;
    if (Number.isSafeInteger(product)) return product;
  }
  const exact = BigInt(counter) * BigInt(factor);
  return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact;
}
