/** Waiting for what another process does. */

import { DEADLINE_MS } from "../../support/processes/deadline.ts";

const EVERY_MS = 25;

/** Waits until `condition` holds. @throws If that takes too long; `what` says for what was waited. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    if (performance.now() > endMs) throw new Error(`Timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
