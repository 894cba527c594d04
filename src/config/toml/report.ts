/** Turns findings into diagnostics. Loaded only when there are any. */
import { closestMatch } from "leven";
import { type Diagnostic, formatDiagnostic, type Position } from "./diagnostic.ts";
import type { Finding, Place, SourceText } from "./finding.ts";
import { Positions } from "./positions.ts";

/** Looks up the positions of findings and writes their messages. */
export function diagnose(findings: readonly Finding[]): Diagnostic[] {
  const known = new Map<SourceText, Positions>();
  const positionOf = ({ source, path }: Place, at: Finding["at"]): Position => {
    let positions = known.get(source);
    if (positions === undefined) known.set(source, positions = new Positions(source.text));
    return positions.find(path, at);
  };
  const diagnostics = findings.map((finding) => {
    const { severity, source, wrong, found, expected, first } = finding;
    let message = `${wrong}: found ${found}`;
    if (first !== undefined) {
      const { line, column } = positionOf(first, "key");
      message += `, first at ${first.source.file}:${line}:${column}`;
    }
    message += `, expected ${expected}${suggestion(finding.spelling)}`;
    const unknown = finding.isUnknown === true ? { isUnknown: true as const } : {};
    return { severity, file: source.file, ...positionOf(finding, finding.at), message, ...unknown };
  });
  // A number can fail several checks at once: report it once.
  const distinct = new Map(diagnostics.map((diagnostic) => [formatDiagnostic(diagnostic), diagnostic]));
  return [...distinct.values()];
}

function suggestion(spelling: Finding["spelling"]): string {
  const word = spelling && likeliest(spelling.word, spelling.known);
  return word === undefined ? "" : ` (did you mean ${JSON.stringify(word)}?)`;
}

/** At most a third of a word may differ. */
const LETTERS_PER_MISTAKE = 3;

/** The word of `known` that is probably meant by `word`, if one is similar enough. */
export function likeliest(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const swapped = known.find((candidate) => haveSameLetters(candidate.toLowerCase(), written));
  if (swapped !== undefined) return swapped;
  const byLowerCase = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  const maxDistance = Math.ceil(written.length / LETTERS_PER_MISTAKE);
  const closest = closestMatch(written, [...byLowerCase.keys()], { maxDistance });
  return closest === undefined ? undefined : byLowerCase.get(closest);
}

/** Swapped letters are one typing error, but two edits. */
function haveSameLetters(a: string, b: string): boolean {
  return a.length === b.length && [...a].sort().join("") === [...b].sort().join("");
}
