/** Lines of text with tones, independent of whether the output has colours. */
import stringWidth from "string-width";

/** The meaning of a piece of text; `paint.ts` decides its look. */
export type Tone = "plain" | "dim" | "strong" | "good" | "warning" | "bad" | "busy" | "title";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export interface Line {
  readonly spans: readonly Span[];
  /** Highlighted: the selected line, or a heading. */
  readonly mark?: "selected" | "heading";
}

export function span(text: string, tone: Tone = "plain"): Span {
  return { text: harmless(text), tone };
}

export function line(...spans: (Span | string)[]): Line {
  return { spans: spans.map((each) => typeof each === "string" ? span(each) : each) };
}

/** The text of a line without tones. */
export function textOf({ spans }: Line): string {
  return spans.map(({ text }) => text).join("");
}

/** Columns that `text` takes on a terminal. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

export function widthOfSpans(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The beginning of `text` in at most `width` columns; `ellipsis` marks a cut. */
export function cutText(text: string, width: number, ellipsis: string): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(ellipsis);
  if (room < 0) return ellipsis.slice(0, Math.max(width, 0));
  let kept = "";
  let taken = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    const columns = widthOf(segment);
    if (taken + columns > room) break;
    kept += segment;
    taken += columns;
  }
  return kept + ellipsis;
}

/** `text` in at most `width` columns, without its middle: names often differ at their ends. */
export function cutMiddle(text: string, width: number, ellipsis: string): string {
  if (widthOf(text) <= width) return text;
  const room = width - widthOf(ellipsis);
  const characters = Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
  let end = "";
  while (characters.length > 0 && widthOf(characters.at(-1) + end) <= room / 2) end = characters.pop() + end;
  return cutText(characters.join(""), width - widthOf(end), ellipsis) + end;
}

/** Spans that take exactly `width` columns: cut, or filled with blanks. */
export function fitted(spans: readonly Span[], width: number, ellipsis: string): Span[] {
  const isWhole = widthOfSpans(spans) <= width;
  const fit = isWhole ? [...spans] : cutSpans(spans, Math.max(width, 0), ellipsis);
  const left = width - widthOfSpans(fit);
  if (left > 0) fit.push({ text: " ".repeat(left), tone: "plain" });
  return fit;
}

function cutSpans(spans: readonly Span[], width: number, ellipsis: string): Span[] {
  const kept: Span[] = [];
  let left = width;
  for (const { text, tone } of spans) {
    const isLast = widthOf(text) > left - widthOf(ellipsis);
    const cut = isLast ? cutText(`${text}${" ".repeat(width)}`, left, ellipsis) : text;
    kept.push({ text: cut, tone });
    left -= widthOf(cut);
    if (isLast) break;
  }
  return kept;
}

/** Escapes control characters of external text (names, files, output of programs). */
export function harmless(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
