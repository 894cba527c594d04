/** Amounts and times as people read them. */

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/**
 * An amount of KiB with three digits at the most.
 * @param {number} kib
 */
export function amount(kib) {
  let value = kib;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits).replace(/\.0+$/, "")} ${UNITS[unit]}`;
}

/** What drbdsetup prints for an unknown value. */
const NO_ESTIMATE = 987654321;

/**
 * Seconds in words; nothing if they are not known.
 * @param {number | undefined} seconds
 */
export function duration(seconds) {
  if (seconds === undefined || seconds >= NO_ESTIMATE) return "";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/**
 * A share that is not complete is never shown as if it were.
 * @param {number} share
 */
export function percent(share) {
  return `${(Math.floor(Math.min(share, 100) * 10) / 10).toFixed(1)} %`;
}

/**
 * `0`, `0 and 1`, `0, 1 and 2`
 * @param {readonly (string | number)[]} items
 */
export function list(items) {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

/**
 * The time of day; with the date if that is another day.
 * @param {Date} time
 * @param {Date} now
 */
export function clock(time, now) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const ofDay = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  if (time.toDateString() === now.toDateString()) return ofDay;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${ofDay}`;
}

/**
 * How long something is ago, in words.
 * @param {number} ms
 */
export function ago(ms) {
  return `${duration(Math.max(0, Math.floor(ms / 1000)))} ago`;
}
