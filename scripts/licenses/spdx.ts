/** SPDX licence expressions. */

/**
 * The licences to keep to: one of each group. "A AND (B OR C)" is [["A"], ["B", "C"]]. An exception stays with its licence:
 * "A WITH X". Throws a SyntaxError for what is no expression.
 */
export function groupsOf(expression: string): string[][] {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  let place = 0;
  const isNext = (word: string) => words[place] === word && place++ >= 0;

  function either(): string[][] {
    let groups = both();
    while (isNext("OR")) {
      const others = both();
      groups = groups.flatMap((one) => others.map((other) => [...new Set([...one, ...other])]));
    }
    return groups;
  }

  function both(): string[][] {
    const groups = unit();
    while (isNext("AND")) groups.push(...unit());
    return groups;
  }

  function unit(): string[][] {
    if (isNext("(")) {
      const groups = either();
      if (!isNext(")")) fail(")");
      return groups;
    }
    const name = identifier();
    return [[isNext("WITH") ? `${name} WITH ${identifier()}` : name]];
  }

  function identifier(): string {
    const word = words[place++];
    return word !== undefined && /^[A-Za-z0-9.+-]+$/.test(word) && !/^(AND|OR|WITH)$/.test(word)
      ? word
      : fail("a licence", word);
  }

  function fail(expected: string, found = words[place]): never {
    throw new SyntaxError(
      `"${expression}" is no licence expression: found ${found ?? "its end"}, expected ${expected}`,
    );
  }

  const groups = either();
  if (place < words.length) fail("its end");
  return groups;
}

/** Whose text is passed on, where one of several may be taken: the first of these. */
const PREFERRED: readonly string[] = ["MIT", "Apache-2.0", "ISC", "Zlib", "BSD-3-Clause"];

/** The licences that drbdd takes, of those that an expression leaves to choose, in its order. */
export function takenOf(expression: string): string[] {
  const taken = groupsOf(expression).map((group) =>
    PREFERRED.find((license) => group.includes(license)) ?? group.join(" OR ")
  );
  return [...new Set(taken)];
}
