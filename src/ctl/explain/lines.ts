/** An explanation as lines: what runs where, why, and who could take over. */
import type { Problem, ProblemId, Severity } from "../../health/problem.ts";
import { type Line, line, span, type Tone } from "../screen/line.ts";
import type { Symbols } from "../screen/symbols.ts";
import { table } from "../screen/table.ts";
import { wrapped } from "../screen/wrap.ts";
import type { Facts } from "./facts/facts.ts";
import { headlineOf } from "./conclusions/headline.ts";
import { findingsOf } from "./conclusions/findings.ts";
import type { Finding } from "./conclusions/finding.ts";
import { type Place, placesOf } from "./conclusions/places.ts";
import { shortFindingsOf } from "./conclusions/short_findings.ts";
import { runningNode, type TakeOver, takeOvers } from "./conclusions/takeover.ts";
import { decisionLines } from "./decision_lines.ts";

/** The last ones; more are in the journal. */
const SHOWN_DECISIONS = 10;
/** Without `--verbose`, so many where they fit, and at least one. */
const SHOWN_DECISIONS_SHORT = 3;
/** Without `--verbose`, how many problems, the worst ones, are shown with what to do. */
const ADVISED_PROBLEMS = 2;
/** "What runs where" shows them, too. */
const SHOWN_BY_PLACES: readonly ProblemId[] = [
  "not-connected",
  "peer-disk-not-up-to-date",
  "local-disk-not-up-to-date",
];
/** Of the smallest usual terminal, without one for the prompt: so its first line stays to be seen. */
const ROWS = 23;
const NAME_WIDTH = "preferred nodes".length;

export interface Layout {
  /** Columns of a line. */
  readonly width: number;
  readonly symbols: Symbols;
  /** All findings, and more decisions; otherwise a usual explanation fits a terminal of 80 columns and 24 rows. */
  readonly isVerbose: boolean;
}

/** Lines of at most `width` columns, if words allow it. */
export function explanation(facts: Facts, { width, symbols, isVerbose }: Layout): Line[] {
  const { severity, text, advice, problems } = headlineOf(facts);
  const { mark, tone } = markOf(severity, symbols);
  const beginning = [
    ...wrapped([span(`${mark} `, tone)], [span(text, "strong")], width),
    ...advice.flatMap((each) => wrapped([span("  Next: ", "dim")], [span(each)], width)),
    ...(isVerbose ? problems : shortProblems(problems)).flatMap((each) => problemLines(each, width, symbols)),
    ...placeLines(placesOf(facts)),
    line(),
    line(span("Why", "title"), ...(isVerbose ? [] : [span("  (all findings: -v)", "dim")])),
    ...(isVerbose ? findingsOf(facts) : shortFindingsOf(facts)).flatMap((finding) =>
      findingLines(finding, width, symbols)
    ),
  ];
  const end = [line(), ...takeOverLines(facts, { width, symbols, isVerbose })];
  const rows = ROWS - beginning.length - end.length;
  return [
    ...beginning,
    ...(isVerbose ? decisionLines(facts, SHOWN_DECISIONS, width) : fitting(rows)),
    ...end,
  ];

  /** As many decisions as have room. */
  function fitting(rows: number): Line[] {
    for (let count = SHOWN_DECISIONS_SHORT; count > 1; count -= 1) {
      const lines = decisionLines(facts, count, width);
      if (lines.length <= rows) return lines;
    }
    return decisionLines(facts, 1, width);
  }
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

/** The worst with what to do, the others in a line; what "What runs where" shows as well is left out. */
function shortProblems(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ id }, place) => place === 0 || !SHOWN_BY_PLACES.includes(id)).map((
    problem,
    place,
  ) => place < ADVISED_PROBLEMS ? problem : { ...problem, next: "" });
}

function problemLines({ severity, what, next }: Problem, width: number, symbols: Symbols): Line[] {
  const { mark, tone } = markOf(severity, symbols);
  return [
    ...wrapped([span(`  ${mark} `, tone)], [span(what, tone === "good" ? "plain" : tone)], width),
    // What says so is what is being read.
    ...(next === "" || (next.startsWith("drbddctl explain ") && !next.includes(","))
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
function takeOverLines(facts: Facts, { width, symbols, isVerbose }: Layout): Line[] {
  const running = runningNode(facts);
  const title = running === undefined
    ? "Who could run it"
    : `Who could take over if ${running === facts.node ? "this node" : running} failed`;
  const each = takeOvers(facts).filter(({ can }) => can !== "runs");
  const others = isVerbose ? each : together(each);
  if (others.length === 0) return [line(span(title, "title")), line("  none: it has no peers")];
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

/** Nodes of which the same is known are one entry. What to do about a node that is not seen is said with the problems. */
function together(all: readonly TakeOver[]): TakeOver[] {
  const each = all.map((node) => node.can === "unknown" && !node.isHere ? { ...node, next: [] } : node);
  const groups = Map.groupBy(each, ({ can, why, next }) => JSON.stringify([can, why, next]));
  return Array.from(
    groups.values(),
    ([first, ...others]) =>
      first === undefined ? [] : [{ ...first, node: [first, ...others].map(({ node }) => node).join(", ") }],
  ).flat();
}

const TONES: Readonly<Record<Finding["sign"], Tone>> = {
  yes: "good",
  no: "bad",
  fact: "plain",
  unknown: "warning",
};

function findingLines({ sign, name, text }: Finding, width: number, symbols: Symbols): Line[] {
  const mark = { yes: symbols.yes, no: symbols.no, fact: symbols.dot, unknown: "?" }[sign];
  const head = [
    span(`  ${name === "" ? " " : mark} `, TONES[sign]),
    span(name.padEnd(NAME_WIDTH + 2), "dim"),
  ];
  return wrapped(head, [span(text, sign === "no" || sign === "unknown" ? TONES[sign] : "plain")], width);
}
