/**
 * The checksum of two texts one after the other, from the checksums of both.
 *
 * A CRC-32 is the remainder of a polynomial over GF(2), here with the bits of a number from the highest (x^0) to the
 * lowest (x^31). Putting n bytes after a text multiplies its remainder by x^(8n); then the remainders add up.
 */

/** The polynomial of gzip, without x^32. */
const POLYNOMIAL = 0xedb88320;
/** x^0 */
const ONE = 0x80000000;

/** The checksum of a text with checksum `first` followed by one of `length` bytes with checksum `second`. */
export function combinedCrc32(first: number, second: number, length: number): number {
  return (product(first, power(length)) ^ second) >>> 0;
}

/** x^8, x^16, x^32 and so on, each the square of the one before. */
const SQUARES = Array.from({ length: 53 }, squares());

function squares(): () => number {
  let next = ONE >>> 8;
  return () => {
    const square = next;
    next = product(square, square);
    return square;
  };
}

/** x^(8n) */
function power(n: number): number {
  let result = ONE;
  for (let bit = 0, rest = n; rest > 0; bit++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = product(result, SQUARES[bit] ?? ONE);
  }
  return result;
}

/** The product of two polynomials, modulo the polynomial of gzip. */
function product(a: number, b: number): number {
  let result = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) result ^= shifted;
    shifted = (shifted & 1) !== 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return result >>> 0;
}
