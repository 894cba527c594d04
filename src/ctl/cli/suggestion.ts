/** What may have been meant by a word that the command line does not have. Pure. */
import { likeliest } from "../../config/toml/report.ts";

/** What the parser says, with all that is similar in any way. */
const UNEXPECTED = /^Unexpected option or argument: "(.*?)"\.?(?: Did you mean.*)?$/s;

export interface Typed {
  readonly args: readonly string[];
  /** The command that was recognised. */
  readonly command: string | undefined;
  /** Names of all commands. */
  readonly commands: readonly string[];
}

/** `problem` with a suggestion only where it helps: what is close to the word, and not the word itself. */
export function withSuggestion(problem: string, { args, command, commands }: Typed): string {
  const word = UNEXPECTED.exec(problem)?.[1];
  if (word === undefined) return problem;
  const similar = Array.from(problem.matchAll(/`([^`]+)`/g), ([, name = ""]) => name);
  const unexpected = `Unexpected option or argument: "${word}".`;
  if (similar.includes(word)) {
    return command !== undefined && args.indexOf(command) < args.indexOf(word)
      ? `"${command}" has no option "${word}"`
      : `"${word}" is an option of commands: it has to follow the command`;
  }
  const isOption = word.startsWith("-");
  const known = isOption || command !== undefined
    ? similar.filter((each) => each.startsWith("-") === isOption && !commands.includes(each))
    : commands;
  const meant = known.find((each) => each.startsWith(word)) ?? likeliest(word, known);
  return meant === undefined ? unexpected : `${unexpected} Did you mean \`${meant}\`?`;
}
