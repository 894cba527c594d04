/** Health as JSON. */
import type { Health } from "../../../src/health/problem.ts";

export function healthObject({ severity, problems }: Health) {
  return {
    "severity": severity,
    "problems": problems.map(({ id, severity, about, what, next, sinceMs }) => ({
      "id": id,
      "severity": severity,
      "about": about,
      "what": what,
      "next": next,
      "since": sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
    })),
  };
}
