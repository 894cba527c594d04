/** What `top` prints where there is no terminal: one table of all resources. */
import { type Line, span } from "../screen/line.ts";
import type { Symbols } from "../screen/symbols.ts";
import { table } from "../screen/table.ts";
import { disksOf, mark, peersOf, primaryOf, situationOf } from "./pages/cells.ts";
import type { Sight } from "./state/snapshot.ts";

/** Nothing is cut, as nobody knows how wide it may be. */
export function plainTable(sights: readonly Sight[], symbols: Symbols): Line[] {
  return table(
    ["", "RESOURCE", "PRIMARY", "DISK", "PEERS", "SITUATION"],
    sights.map((sight) => [
      mark(sight.assessment.level, symbols),
      span(sight.resource.name, "strong"),
      primaryOf(sight.assessment),
      disksOf(sight.assessment, true),
      peersOf(sight.assessment),
      situationOf(sight, Infinity, symbols),
    ]),
  );
}
