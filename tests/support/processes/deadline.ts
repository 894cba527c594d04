/** A wait for a real process that is longer has failed, however busy the machine is. In milliseconds. */
export const DEADLINE_MS = 120_000;
