/** An explanation as lines: what runs where, why, and who could take over. */
import { clock } from "../../../plugins/api/page/format.js";
import type { Problem, Severity } from "../../health/problem.ts";
import { type Line, line, span, type Tone } from "../screen/line.ts";
import type { Symbols } from "../screen/symbols.ts";
import { table } from "../screen/table.ts";
import { wrapped } from "../screen/wrap.ts";
import type { Facts, Known } from "./facts.ts";
import { headlineOf } from "./headline.ts";
import type { Decisions } from "./facts.ts";
import { type Point, pointsOf } from "./findings.ts";
import { type Place, placesOf } from "./places.ts";
import { runningNode, takeOvers } from "./takeover.ts";

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
    ...placeLines(placesOf(facts)),
    line(),
    line(span("Why", "title")),
    ...pointsOf(facts).flatMap((point) => pointLines(point, width, symbols)),
    ...decisionLines(facts.decisions, new Date(facts.wallMs), width),
    line(),
    ...takeOverLines(facts, width, symbols),
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
    // What says so is what is being read.
    ...(next.startsWith("drbddctl explain ") && !next.includes(",")
      ? []
      : wrapped([span("    Next: ", "dim")], [span(next)], width)),
  ];
}

function placeLines(places: readonly Place[]): Line[] {
  if (places.length === 0) return [];
  const rows = places.map(({ node, isHere, role, disks, state }) => [
    span(`  ${isHere ? `${node}, this node` : node}`, role === "Primary" ? "strong" : "plain"),
    span(role, role === "Primary" ? "strong" : "plain"),
    disks,
    state,
  ]);
  // Without headings: the words say what they are.
  return [line(), line(span("What runs where", "title")), ...table(["", "", "", ""], rows).slice(1)];
}

const CAN = {
  runs: { sign: "good", tone: "good" },
  yes: { sign: "yes", tone: "good" },
  no: { sign: "no", tone: "bad" },
  unknown: { sign: "unknown", tone: "warning" },
} as const;

/** Which node could take over, this one included. */
function takeOverLines(facts: Facts, width: number, symbols: Symbols): Line[] {
  const running = runningNode(facts);
  const title = running === undefined
    ? "Who could run it"
    : `Who could take over if ${running === facts.node ? "this node" : running} failed`;
  const others = takeOvers(facts).filter(({ can }) => can !== "runs");
  if (others.length === 0) return [line(span(title, "title")), line("  nobody: it has no peers")];
  const nodeWidth = Math.min(NAME_WIDTH, Math.max(...others.map(({ node }) => node.length)));
  return [
    line(span(title, "title")),
    ...others.flatMap(({ node, can, why, next }) => {
      const { sign, tone } = CAN[can];
      const head = [span(`  ${symbols[sign]} `, tone), span(`${node.padEnd(nodeWidth)}  `, "strong")];
      return [
        ...wrapped(head, [span(why.join("; "))], width),
        ...next.flatMap((each) => wrapped([span("    Next: ", "dim")], [span(each)], width)),
      ];
    }),
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
  const why = source === "drbdd" ? "" : " (drbdd keeps none in /run/drbdd)";
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
