/** Moments as people compare them with logs: local time, to the millisecond. */

const WIDTHS = { year: 4, ms: 3 };

/** `wallMs` is milliseconds since 1970. */
export function momentOf(wallMs: number): string {
  const at = new Date(wallMs);
  const date = [digits(at.getFullYear(), WIDTHS.year), digits(at.getMonth() + 1), digits(at.getDate())].join(
    "-",
  );
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((each) => digits(each)).join(":");
  return `${date} ${time}.${digits(at.getMilliseconds(), WIDTHS.ms)}`;
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, "0");
}
