/** An explanation as lines. */
import { clock } from "../../../plugins/api/page/format.js";
import type { Problem, Severity } from "../../health/problem.ts";
import { type Line, line, span, type Tone } from "../screen/line.ts";
import type { Symbols } from "../screen/symbols.ts";
import { wrapped } from "../screen/wrap.ts";
import type { Facts, Known } from "./facts.ts";
import { headlineOf } from "./headline.ts";
import type { Decisions } from "./facts.ts";
import { type Point, pointsOf } from "./findings.ts";

/** The last ones; more are in the journal. */
const SHOWN_DECISIONS = 10;
const NAME_WIDTH = "preferred nodes".length;

/** Lines of at most `width` columns, if words allow it. */
export function explanation(facts: Facts, width: number, symbols: Symbols): Line[] {
  const { severity, text, advice, problems } = headlineOf(facts);
  const { mark, tone } = markOf(severity, symbols);
  return [
    ...wrapped([span(`${mark} `, tone)], [span(text, "strong")], width),
    ...advice.flatMap((each) => wrapped([span("  Next: ", "dim")], [span(each)], width)),
    ...problems.flatMap((problem) => problemLines(problem, width, symbols)),
    line(),
    ...pointsOf(facts).flatMap((point) => pointLines(point, width, symbols)),
    line(),
    ...decisionLines(facts.decisions, new Date(facts.wallMs), width),
  ];
}

function markOf(severity: Severity, symbols: Symbols): { readonly mark: string; readonly tone: Tone } {
  switch (severity) {
    case "ok":
      return { mark: symbols.good, tone: "good" };
    case "degraded":
      return { mark: symbols.warning, tone: "warning" };
    case "unknown":
      return { mark: symbols.unknown, tone: "warning" };
    case "down":
      return { mark: symbols.critical, tone: "bad" };
  }
}

function problemLines({ severity, what, next }: Problem, width: number, symbols: Symbols): Line[] {
  const { mark, tone } = markOf(severity, symbols);
  return [
    ...wrapped([span(`  ${mark} `, tone)], [span(what, tone === "good" ? "plain" : tone)], width),
    ...wrapped([span("    Next: ", "dim")], [span(next)], width),
  ];
}

const TONES: Readonly<Record<Point["sign"], Tone>> = {
  yes: "good",
  no: "bad",
  fact: "plain",
  unknown: "warning",
};

function pointLines({ sign, name, text }: Point, width: number, symbols: Symbols): Line[] {
  const mark = { yes: symbols.yes, no: symbols.no, fact: symbols.dot, unknown: "?" }[sign];
  const head = [
    span(`  ${name === "" ? " " : mark} `, TONES[sign]),
    span(name.padEnd(NAME_WIDTH + 2), "dim"),
  ];
  return wrapped(head, [span(text, sign === "no" || sign === "unknown" ? TONES[sign] : "plain")], width);
}

function decisionLines(decisions: Known<Decisions>, now: Date, width: number): Line[] {
  if ("unknown" in decisions) {
    return wrapped([], [span(`The last decisions are not known: ${decisions.unknown}`, "warning")], width);
  }
  const { list, source } = decisions.value;
  const why = source === "drbdd"
    ? ""
    : " (drbdd cannot be asked: an [[api]] that listens on a unix socket is best)";
  if (list.length === 0) {
    return wrapped([], [span(`No decisions are known to ${source}${why}`, "dim")], width);
  }
  return [
    ...wrapped([], [span(`Last decisions, from ${source}${why}:`, "dim")], width),
    ...list.slice(-SHOWN_DECISIONS).flatMap(({ wallMs, text }) =>
      wrapped([span(`  ${clock(new Date(wallMs), now)}  `, "dim")], [span(text)], width)
    ),
  ];
}
