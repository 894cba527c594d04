/** From findings to diagnostics. Loaded only when there is something to say: most starts have nothing. */
import { closestMatch } from "leven";
import { type Diagnostic, formatDiagnostic, type Position } from "./diagnostic.ts";
import type { Finding, Place, SourceText } from "./finding.ts";
import { Positions } from "./positions.ts";

/** Looks up the positions of findings, and puts them into words. */
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
  // A number can be no whole number and too large as well: that is one mistake.
  const distinct = new Map(diagnostics.map((diagnostic) => [formatDiagnostic(diagnostic), diagnostic]));
  return [...distinct.values()];
}

function suggestion(spelling: Finding["spelling"]): string {
  const word = spelling && likeliest(spelling.word, spelling.known);
  return word === undefined ? "" : ` (did you mean ${JSON.stringify(word)}?)`;
}

/** A third of a word may be wrong before it is another one. */
const LETTERS_PER_MISTAKE = 3;

/** The word of `known` that was probably meant by `word`, if any is near enough. */
export function likeliest(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const swapped = known.find((candidate) => haveSameLetters(candidate.toLowerCase(), written));
  if (swapped !== undefined) return swapped;
  const byLowerCase = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  const maxDistance = Math.ceil(written.length / LETTERS_PER_MISTAKE);
  const closest = closestMatch(written, [...byLowerCase.keys()], { maxDistance });
  return closest === undefined ? undefined : byLowerCase.get(closest);
}

/** Swapped letters are one slip of the fingers, but two edits. */
function haveSameLetters(a: string, b: string): boolean {
  return a.length === b.length && [...a].sort().join("") === [...b].sort().join("");
}
