/** Text that is broken at blanks to fit a width, hanging below its beginning. */
import { type Line, type Span, span, widthOf, widthOfSpans } from "./line.ts";

/** Below this width, text is not wrapped. */
const LEAST_ROOM = 16;

/** `head`, and `body` next to it in as many lines as needed. */
export function wrapped(head: readonly Span[], body: readonly Span[], width: number): Line[] {
  const indent = widthOfSpans(head);
  const room = width - indent;
  if (room < LEAST_ROOM || widthOfSpans(body) <= room) return [{ spans: [...head, ...body] }];
  const lines: Span[][] = [[]];
  let left = room;
  for (const { text, tone } of body) {
    for (const word of text.split(/(?<= )/)) {
      const columns = widthOf(word.trimEnd());
      if (columns > left && left < room) {
        trimEnd(lines.at(-1));
        lines.push([]);
        left = room;
      }
      lines.at(-1)?.push({ text: word, tone });
      left -= widthOf(word);
    }
  }
  return lines.map((spans, place) => ({
    spans: place === 0 ? [...head, ...spans] : [span(" ".repeat(indent)), ...spans],
  }));
}

/** Takes the blank away at which a line was broken. */
function trimEnd(spans: Span[] | undefined): void {
  const last = spans?.pop();
  if (last !== undefined) spans?.push({ ...last, text: last.text.trimEnd() });
}
