/** What the keys do. */
import { type Line, line, span } from "../../screen/line.ts";
import type { Symbols } from "../../screen/symbols.ts";

export function helpLines(symbols: Symbols): Line[] {
  const keys: readonly (readonly [string, string])[] = [
    [`${symbols.upDown} j k PgUp PgDn Home End`, "move"],
    ["Enter", "all of the selected resource; Esc goes back"],
    ["s S", "sort by the next, by the one before:"],
    ["", "trouble, name, primary, sync"],
    ["r", "turn the order round"],
    ["/", "filter: words that must all fit, each a part of"],
    ["", "a name or a state; -word must not fit. down,"],
    ["", "problem, syncing, healthy, primary, secondary"],
    ["", "mean what they say"],
    ["Esc", "take the filter away"],
    ["t", "leave out what is healthy, and back"],
    ["q Ctrl-C", "quit"],
  ];
  const signs: readonly (readonly [string, string, Parameters<typeof span>[1]])[] = [
    [symbols.critical, "down: a service, or data in danger", "bad"],
    [symbols.warning, "less safety than intended", "warning"],
    [symbols.busy, "syncing", "busy"],
    [symbols.good, "healthy", "good"],
  ];
  return [
    line(span("Keys", "title")),
    ...keys.map(([key, what]) => line(" ", span(key.padEnd(33), "strong"), what)),
    line(),
    line(span("Signs", "title")),
    ...signs.map(([sign, what, tone]) => line(" ", span(sign, tone), `  ${what}`)),
    line(),
    line("drbddctl explain RESOURCE: why a resource runs here, or not."),
  ];
}
