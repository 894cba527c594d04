/** Whoever waits for a real process longer than this waits in vain, however busy the machine is. In milliseconds. */
export const DEADLINE_MS = 120_000;
