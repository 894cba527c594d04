/** The findings that an explanation shows without `--verbose`: what speaks against running here, and what chooses a node. Pure. */
import type { Facts } from "../facts/facts.ts";
import { findingsOf } from "./findings.ts";
import type { Finding } from "./finding.ts";
import { runningNode } from "./takeover.ts";

/** They determine where the services run, and when they start. */
const CHOOSING = ["preferred nodes", "not with", "when Secondary"];
/** What runs where has them, or the problems. */
const SHOWN_ELSEWHERE = ["role here", "disks here", "score"];
const SHOWN_AS_PROBLEM = "quorum";

/** Everything in order is one finding. */
export function shortFindingsOf(facts: Facts): Finding[] {
  const findings = findingsOf(facts).filter(({ name }) => !SHOWN_ELSEWHERE.includes(name));
  const runsElsewhere = isRunningElsewhere(facts);
  const isBlocked = findings.some(({ sign }) => sign === "no");
  const good = findings.filter(({ sign, name }) => sign === "yes" && name !== "peers").map(({ name }) =>
    name
  );
  const shown = findings.filter(({ sign, name }) =>
    sign === "no" || sign === "unknown"
      // That a Primary elsewhere keeps DRBD from promoting is a matter of course.
      ? !(runsElsewhere && name === "may promote") && name !== SHOWN_AS_PROBLEM
      : sign === "fact" && (CHOOSING.includes(name) || isDelayed(name))
  );
  return [
    ...shown,
    ...(good.length === 0 ? [] : [{ sign: "yes", name: "in order", text: good.join(", ") } as const]),
  ];

  /** The delay determines when a start is due. */
  function isDelayed(name: string): boolean {
    return name === "delay" && !isBlocked && runningNode(facts) === undefined;
  }
}

function isRunningElsewhere(facts: Facts): boolean {
  const node = runningNode(facts);
  return node !== undefined && node !== facts.node;
}
