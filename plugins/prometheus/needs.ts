/** Sandbox permissions of the Prometheus exporter. */
import type { Needs } from "../../src/effects/permissions.ts";

/** drbdadm prints the versions of DRBD. */
export function prometheusNeeds(): Needs {
  return { run: ["drbdadm"], net: true };
}
