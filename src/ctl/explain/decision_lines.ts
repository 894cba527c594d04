/** An explanation as lines: the last decisions. */
import { clock } from "../../../plugins/api/page/scripts/format.js";
import { type Line, span } from "../screen/line.ts";
import { wrapped } from "../screen/wrap.ts";
import type { Facts } from "./facts/facts.ts";

export function decisionLines({ decisions, wallMs }: Facts, count: number, width: number): Line[] {
  if ("unknown" in decisions) {
    return wrapped([], [span(`The last decisions are not known: ${decisions.unknown}`, "warning")], width);
  }
  const now = new Date(wallMs);
  const { list, source } = decisions.value;
  const why = source === "drbdd" ? "" : " (drbdd keeps none in /run/drbdd)";
  if (list.length === 0) {
    return wrapped([], [span(`No decisions are known to ${source}${why}`, "dim")], width);
  }
  return [
    ...wrapped([], [span(`Last decisions, from ${source}${why}:`, "dim")], width),
    ...list.slice(-count).flatMap(({ wallMs, text }) =>
      wrapped([span(`  ${clock(new Date(wallMs), now)}  `, "dim")], [span(text)], width)
    ),
  ];
}
