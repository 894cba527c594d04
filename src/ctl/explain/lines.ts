/** An explanation as lines. */
import { clock } from "../../../plugins/api/page/format.js";
import { type Line, line, span, type Tone } from "../screen/line.ts";
import type { Symbols } from "../screen/symbols.ts";
import { wrapped } from "../screen/wrap.ts";
import type { Facts, Known } from "./facts.ts";
import type { Decisions } from "./facts.ts";
import { type Point, pointsOf } from "./points.ts";
import { verdictOn } from "./verdict.ts";

/** The last ones; more are in the journal. */
const SHOWN_DECISIONS = 10;
const NAME_WIDTH = "preferred nodes".length;

/** Lines of at most `width` columns, if words allow it. */
export function explanation(facts: Facts, width: number, symbols: Symbols): Line[] {
  const verdict = verdictOn(facts);
  const sign = { good: symbols.good, warning: symbols.warning, bad: symbols.critical }[verdict.tone];
  return [
    ...wrapped([span(`${sign} `, verdict.tone)], [span(verdict.text, "strong")], width),
    ...verdict.advice.flatMap((advice) => wrapped([span("  Next: ", "dim")], [span(advice)], width)),
    line(),
    ...pointsOf(facts).flatMap((point) => pointLines(point, width, symbols)),
    line(),
    ...decisionLines(facts.decisions, new Date(facts.wallMs), width),
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
