/** An update as a line for people. */
import { briefly } from "../../../plugins/api/page/scripts/wording.js";
import type { Update } from "../feed/feed.ts";
import { type Line, line, span } from "../screen/line.ts";
import { momentOf } from "../screen/moment.ts";
import type { Symbols } from "../screen/symbols.ts";
import { toned } from "../screen/toned.ts";
import type { NamedDecision } from "./new_decisions.ts";
import type { PeerNames } from "./peer_names.ts";

/** A decision as a line. */
export function decisionLine(
  { resource, wallMs, level, text }: Pick<NamedDecision, "resource" | "wallMs" | "level" | "text">,
): Line {
  const tone = { info: "plain", warning: "warning", error: "bad" } as const;
  return line(span(momentOf(wallMs), "dim"), "  ", span(resource, "strong"), "  ", span(text, tone[level]));
}

/** When, of which resource, what. */
export function updateLine(update: Update, names: PeerNames, symbols: Symbols): Line {
  const what = briefly(update, (id) => names.of(update.name, id));
  return line(
    span(momentOf(Date.parse(update.time)), "dim"),
    "  ",
    span(update.name, "strong"),
    "  ",
    ...toned(what, symbols),
  );
}
