/** Standard texts of licences, except for the names of authors; and whether a text is one of them. */

/** What stands for the file LICENSE of the project, which is not in licenses/texts once more. */
export const APACHE_TEXT = "apache-2.0.txt";

/** Files in licenses/texts by SPDX names. */
export const STANDARD_TEXTS: Readonly<Record<string, string>> = {
  "Apache-2.0": APACHE_TEXT,
  "Apache-2.0 WITH LLVM-exception": "apache-2.0-with-llvm-exception.txt",
  "BSD-3-Clause": "bsd-3-clause.txt",
  "BSL-1.0": "bsl-1.0.txt",
  "CC0-1.0": "cc0-1.0.txt",
  ISC: "isc.txt",
  MIT: "mit.txt",
  "MPL-2.0": "mpl-2.0.txt",
  "Unicode-3.0": "unicode-3.0.txt",
  Unlicense: "unlicense.txt",
  Zlib: "zlib-license.txt",
};

/** "Copyright (c) 2015 Andrew Gallant", and what follows the word. */
const COPYRIGHT = /^\W*(?:copyright\b|©|\(c\)(?=\W*\d{4}))(?:\W+\(c\)|\W*©)*[\s:,]*(.*?)[*\s]*$/i;
/** Where the word is none of a notice, but of a sentence: "copyright holder". */
const SENTENCE =
  /^(and|assignment|holders?|in|interests?|is|laws?|licen[cs]es?|notices?|or|owners?|protection|rights?|statements?|under)\b/i;
/** Placeholders that the user of a licence fills in. */
const PLACEHOLDER = /^$|^\W*(yyyy|year)\b/i;

/** Who has the copyright by this line: "2015 Andrew Gallant"; undefined if it is no such line. */
function ownerIn(line: string): string | undefined {
  const owner = COPYRIGHT.exec(line)?.[1];
  return owner === undefined || SENTENCE.test(owner) ? undefined : owner;
}

/** Who has the copyright, of each line that says so. */
export function copyrightIn(text: string): string[] {
  const owners = text.split("\n").flatMap((line) => ownerIn(line)?.replaceAll(/\s+/g, " ") ?? []);
  return [...new Set(owners)].filter((owner) => !PLACEHOLDER.test(owner));
}

const TITLE = /^\W*(the )?(mit|isc|boost software|unicode) licen[cs]e\b.{0,30}$/i;

/** Letters and digits of a licence, without its title, its copyright and how its lines are broken. */
function wordsOf(text: string): string {
  return text.split("\n")
    .filter((line) =>
      ownerIn(line) === undefined && !TITLE.test(line) && !/^\W*all rights reserved\W*$/i.test(line)
    )
    .join(" ").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
}

const END_OF_APACHE = "end of terms and conditions";

/** Whether `text` is `standard`, but for names of authors. */
export function isSameLicense(text: string, standard: string): boolean {
  const [words, expected] = [wordsOf(text), wordsOf(standard)];
  if (words === expected) return true;
  // Below its terms the Apache License has a hint how to use it, which many leave out or fill in.
  const end = expected.indexOf(END_OF_APACHE);
  const ours = words.indexOf(END_OF_APACHE);
  const isHint = /^(|appendix how to apply .*|licensed under the apache license .*)$/;
  return end > 0 && ours > 0 &&
    words.slice(0, ours).replace("https", "http") === expected.slice(0, end).replace("https", "http") &&
    isHint.test(words.slice(ours + END_OF_APACHE.length).trim()) &&
    words.length < expected.length + 200;
}
