/** Where the monitor thread of the test can be asked. */
export const PROBE_PORT = 39_427;
