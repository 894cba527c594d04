/** What `top` prints where there is no terminal: one table of all resources. */
import { type Line, span } from "../screen/line.ts";
import type { Symbols } from "../screen/symbols.ts";
import { table } from "../screen/table.ts";
import { disksOf, mark, peersOf, primaryOf, situationOf } from "./pages/cells.ts";
import type { ResourceRow } from "./state/snapshot.ts";

/** Nothing is truncated, as the width is unknown. */
export function plainTable(resourceRows: readonly ResourceRow[], symbols: Symbols): Line[] {
  return table(
    ["", "RESOURCE", "PRIMARY", "DISK", "PEERS", "SITUATION"],
    resourceRows.map((resourceRow) => [
      mark(resourceRow.assessment.level, symbols),
      span(resourceRow.resource.name, "strong"),
      primaryOf(resourceRow.assessment),
      disksOf(resourceRow.assessment, true),
      peersOf(resourceRow.assessment),
      situationOf(resourceRow, Infinity, symbols),
    ]),
  );
}
