/** The state of DRBD and its health in one line, for people. */
import { SEVERITIES, SEVERITY_WORDS } from "../../health/problem.ts";
import type { Resource } from "../../drbd/model/model.ts";
import { describeResource } from "../../drbd/text/resource_text.ts";
import type { Summary } from "../../drbd/state/summary.ts";
import type { DaemonStats } from "../status/daemon_stats.ts";
import type { NamedHealth } from "../status/health_board.ts";

/** `isPreparing`: plugins are not yet through with what they do before they begin. */
export function stateLine(
  { resources, primary }: Pick<Summary, "resources" | "primary">,
  health: readonly NamedHealth[],
  isPreparing: boolean,
): string {
  const parts = [
    `${resources} ${resources === 1 ? "resource" : "resources"}`,
    `${primary} Primary here`,
    ...severityCounts(health),
    ...(isPreparing ? ["plugins are not yet prepared"] : []),
  ];
  return `${parts.join(", ")}${worstWords(health)}`;
}

/** The line of status, what was counted, and a line for each resource. */
export function summaryText(
  status: string,
  { events, orphans, drbdsetupRestarts, rejected }: DaemonStats,
  plugins: readonly string[],
  resources: Iterable<Resource>,
): string {
  const total = [...rejected.values()].reduce((sum, count) => sum + count, 0);
  return [
    status,
    `  events ${events}, rejected lines ${total}, orphan events ${orphans}, restarts of drbdsetup ${drbdsetupRestarts}`,
    `  plugins ${plugins.join(", ") || "none"}`,
    ...Array.from(resources, (resource) => `  ${describeResource(resource)}`),
  ].join("\n");
}

/** How many resources are in each severity, the worst first; nothing of those that are healthy. */
function severityCounts(all: readonly NamedHealth[]): string[] {
  return SEVERITIES.toReversed().flatMap((severity) => {
    const count = all.filter(({ health }) => health.severity === severity).length;
    return severity === "ok" || count === 0 ? [] : [`${count} ${SEVERITY_WORDS[severity]}`];
  });
}

/** The worst problem of the worst resource, to be put behind; empty if all are healthy. */
function worstWords([worst]: readonly NamedHealth[]): string {
  // Whoever found that there is no protection has it shown, however many worse problems there are.
  const [problem] = (worst?.health.problems ?? []).filter(({ id }) => id !== "no-split-brain-protection");
  return problem === undefined || problem.severity === "ok" ? "" : `; ${worst?.name}: ${problem.what}`;
}
