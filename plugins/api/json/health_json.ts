/** Health as JSON. */
import type { Health, Problem } from "../../../src/health/problem.ts";

export function healthObject({ severity, problems }: Health) {
  return { "severity": severity, "problems": problemObjects(problems) };
}

export function problemObjects(problems: readonly Problem[]) {
  return problems.map(({ id, severity, about, what, next, sinceMs }) => ({
    "id": id,
    "severity": severity,
    "about": about,
    "what": what,
    "next": next,
    "since": sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
  }));
}
