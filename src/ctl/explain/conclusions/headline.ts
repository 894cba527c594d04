/** The first line: what runs where, as bad as the health assessment finds it, and the problems that it leaves to be said. */
import { type Problem, type Severity, SEVERITY_WORDS } from "../../../health/problem.ts";
import { healthOfFacts } from "./assessed.ts";
import type { Facts } from "../facts/facts.ts";
import { conclusionOf } from "./conclusion.ts";

export interface Headline {
  readonly severity: Severity;
  readonly text: string;
  /** What to do. */
  readonly advice: readonly string[];
  /** All that is not said by it. */
  readonly problems: readonly Problem[];
}

export function headlineOf(facts: Facts): Headline {
  const { tone, text, advice } = conclusionOf(facts);
  const { severity, problems } = healthOfFacts(facts);
  const [worst, ...others] = problems;
  // Whatever else there is to say, two sets of data come first.
  if (worst?.id === "split-brain") {
    const headline = { severity, text: `${facts.name}: ${worst.what}`, advice: [worst.next] };
    return { ...headline, problems: others };
  }
  // What is said already is not said again.
  const left = problems.filter(({ what }) => !text.endsWith(what));
  if (severity === "ok") {
    return { severity: tone === "good" ? "ok" : "degraded", text, advice, problems: left };
  }
  const words = SEVERITY_WORDS[severity];
  const addition = tone !== "good" ? "" : text.includes(": ") ? ` (${words})` : `: ${words}`;
  return { severity, text: `${text}${addition}`, advice, problems: left };
}
