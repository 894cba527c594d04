/** The command line for other nodes. */
import type { Ability } from "../screen/style.ts";

/** Options that apply only to this node. */
const NOT_PASSED_ON = ["--context", "--nodes", "--color", "--symbols", "--columns"];

/** How the output is shown. */
export interface Shown {
  readonly ability: Ability;
  readonly columns: number | undefined;
}

/** `args` for another node, which must not run it on further nodes. */
export function remoteArguments(args: readonly string[], { ability, columns }: Shown): string[] {
  const shown = [
    "--local",
    ...["--color", ability.isColoured ? "always" : "never"],
    ...["--symbols", ability.isUnicode ? "unicode" : "ascii"],
    ...(columns === undefined ? [] : ["--columns", String(columns)]),
  ];
  return [...shown, ...passedOn(args)];
}

function passedOn(args: readonly string[]): string[] {
  const kept: string[] = [];
  for (let place = 0; place < args.length; place++) {
    const arg = args[place] ?? "";
    if (arg === "--") return [...kept, ...args.slice(place)];
    if (NOT_PASSED_ON.includes(arg)) place++;
    else if (!NOT_PASSED_ON.some((option) => arg.startsWith(`${option}=`))) kept.push(arg);
  }
  return kept;
}

/** ssh passes words to a shell on the node. */
export function quoteForShell(words: readonly string[]): string {
  return words.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
}
