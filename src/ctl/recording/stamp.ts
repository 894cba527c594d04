/** Times as `drbdsetup events2 --timestamps` prints them: local, with microseconds and the distance to UTC. */

const FORM = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d{6})([+-])(\d\d):(\d\d)$/;

/** How many characters a time has. */
export const STAMP_LENGTH = "2026-01-31T12:34:56.123456+00:00".length;

/** `us` is microseconds since 1970, `offsetMinutes` the distance to UTC, east of it positive. */
export function stampOf(us: number, offsetMinutes: number): string {
  const local = new Date(us / 1000 + offsetMinutes * 60_000).toISOString();
  const distance = Math.abs(offsetMinutes);
  return `${local.slice(0, 19)}.${digits(us % 1_000_000, 6)}${offsetMinutes < 0 ? "-" : "+"}` +
    `${digits(Math.floor(distance / 60), 2)}:${digits(distance % 60, 2)}`;
}

/** Microseconds since 1970; undefined if `text` is no such time. */
export function readStamp(text: string): number | undefined {
  const [, date, time, fraction, sign, hours, minutes] = FORM.exec(text) ?? [];
  if (date === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}.000Z`);
  if (Number.isNaN(ms)) return undefined;
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  return (ms - offsetMinutes * 60_000) * 1000 + Number(fraction);
}

/** The distance of local time to UTC at a moment, in minutes. */
export function localOffsetMinutes(us: number): number {
  return 0 - new Date(us / 1000).getTimezoneOffset();
}

function digits(value: number, count: number): string {
  return String(Math.floor(value)).padStart(count, "0");
}
