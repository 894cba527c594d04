/**
 * Counters of DRBD are unsigned 64 bit. A JavaScript number holds integers exactly up to 2^53 only, so a counter
 * is a number while that is exact (always, in practice: 8 EiB in KiB) and a bigint beyond. Numbers keep
 * arithmetic and JSON cheap for everybody; a bigint never comes out wrong.
 */
export type Counter = number | bigint;

/** Fifteen digits are below 2^53 whatever they are. */
const ALWAYS_EXACT_DIGITS = 15;

/** Reads an unsigned decimal, or says `undefined` for anything else. */
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
/** The same for counters of requests under way, which have 32 bit. */
const FILLER_32_BIT = "4294967295";

/** Like `parseCounter`, but a filler, too, is `undefined`: the kernel did not tell. */
export function parsePrintedCounter(text: string): Counter | undefined {
  return FILLERS.has(text) ? undefined : parseCounter(text);
}

/** Like `parseToldCounter`, for a counter of requests under way. */
export function parsePrintedPending(text: string): Counter | undefined {
  return text === FILLER_32_BIT ? undefined : parseCounter(text);
}

/** `counter` times `factor`, exact. `factor` is a whole number, for example 1024 to make KiB bytes. */
export function scaleCounter(counter: Counter, factor: number): Counter {
  if (typeof counter === "number") {
    const product = counter * factor;
    if (Number.isSafeInteger(product)) return product;
  }
  const exact = BigInt(counter) * BigInt(factor);
  return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact;
}
