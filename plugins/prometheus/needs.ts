/** What the Prometheus exporter needs of the sandbox. */
import type { Needs } from "../../src/effects/permissions.ts";

/** drbdadm tells the versions of DRBD. */
export function prometheusNeeds(): Needs {
  return { run: ["drbdadm"], net: true };
}
