/** An explanation for programs. */
import type { Facts } from "./facts/facts.ts";
import { headlineOf } from "./conclusions/headline.ts";
import { findingsOf } from "./conclusions/findings.ts";
import { placesOf } from "./conclusions/places.ts";
import { takeOvers } from "./conclusions/takeover.ts";

export function explanationJson(facts: Facts): Record<string, unknown> {
  const { severity, text, advice, problems } = headlineOf(facts);
  const { decisions } = facts;
  return {
    resource: facts.name,
    node: facts.node,
    severity,
    conclusion: text,
    next: advice,
    problems: problems.map(({ id, severity, about, what, next }) => ({ id, severity, about, what, next })),
    places: placesOf(facts),
    findings: findingsOf(facts),
    takeover: takeOvers(facts),
    decisions: "unknown" in decisions ? null : {
      source: decisions.value.source === "drbdd" ? "drbdd" : "journal",
      list: decisions.value.list.map(({ wallMs, text }) => ({
        time: new Date(wallMs).toISOString(),
        text,
      })),
    },
  };
}
