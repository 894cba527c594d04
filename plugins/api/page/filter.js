/**
 * What is typed into the filter: words that must all fit, each a part of a name or state, or one of the words below. A
 * word with a minus sign before it must not fit.
 */

/** @typedef {import("./types.ts").Judgement} Judgement */

/** @type {Record<string, ((judgement: Judgement) => boolean) | undefined>} */
const MEANINGS = {
  degraded: ({ level }) => level === "critical" || level === "unknown" || level === "warning",
  problem: ({ level }) => level === "critical" || level === "unknown" || level === "warning",
  critical: ({ level }) => level === "critical",
  unknown: ({ level }) => level === "unknown",
  syncing: ({ syncs }) => syncs.length > 0,
  healthy: ({ level }) => level === "ok",
  primary: ({ isPrimaryHere }) => isPrimaryHere,
  secondary: ({ isPrimaryHere }) => !isPrimaryHere,
};

/**
 * @param {string} text
 * @returns {(name: string, judgement: Judgement) => boolean}
 */
export function filterOf(text) {
  const terms = text.toLowerCase().split(/\s+/).filter((term) => term !== "" && term !== "-").map(termOf);
  return (name, judgement) => terms.every((fits) => fits(name.toLowerCase(), judgement));
}

/**
 * @param {string} term
 * @returns {(name: string, judgement: Judgement) => boolean}
 */
function termOf(term) {
  if (term.startsWith("-")) {
    const fits = termOf(term.slice(1));
    return (name, judgement) => !fits(name, judgement);
  }
  const meaning = Object.hasOwn(MEANINGS, term) ? MEANINGS[term] : undefined;
  if (meaning !== undefined) return (name, judgement) => meaning(judgement) || name.includes(term);
  return (_name, judgement) => judgement.words.includes(term);
}
