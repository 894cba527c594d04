/**
 * What is typed into the filter: words that must all fit, each a part of a name or state, or one of the words below. A
 * word with a minus sign before it must not fit.
 */

/** @typedef {import("./types.ts").Assessment} Assessment */

/** @type {Record<string, ((assessment: Assessment) => boolean) | undefined>} */
const MEANINGS = {
  degraded: ({ level }) => level === "critical" || level === "unknown" || level === "warning",
  problem: ({ level }) => level === "critical" || level === "unknown" || level === "warning",
  critical: ({ level }) => level === "critical",
  down: ({ level }) => level === "critical",
  unknown: ({ level }) => level === "unknown",
  syncing: ({ syncs }) => syncs.length > 0,
  healthy: ({ level }) => level === "ok",
  primary: ({ isPrimaryHere }) => isPrimaryHere,
  secondary: ({ isPrimaryHere }) => !isPrimaryHere,
};

/**
 * @param {string} text
 * @returns {(name: string, assessment: Assessment) => boolean}
 */
export function filterOf(text) {
  const terms = text.toLowerCase().split(/\s+/).filter((term) => term !== "" && term !== "-").map(termOf);
  return (name, assessment) => terms.every((fits) => fits(name.toLowerCase(), assessment));
}

/**
 * @param {string} term
 * @returns {(name: string, assessment: Assessment) => boolean}
 */
function termOf(term) {
  if (term.startsWith("-")) {
    const fits = termOf(term.slice(1));
    return (name, assessment) => !fits(name, assessment);
  }
  const meaning = Object.hasOwn(MEANINGS, term) ? MEANINGS[term] : undefined;
  if (meaning !== undefined) return (name, assessment) => meaning(assessment) || name.includes(term);
  return (_name, assessment) => assessment.words.includes(term);
}
