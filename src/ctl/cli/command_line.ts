/** Parses the command line. */
import { group, merge, or } from "@optique/core/constructs";
import { runParserAsync } from "@optique/core/facade";
import { formatMessage } from "@optique/core/message";
import { type InferValue, parseAsync } from "@optique/core/parser";
import { VERSION } from "../../version.ts";
import { type Command, type CommandParser, GROUPS, type Invocation, plain } from "./command.ts";
import { EXIT, PROGRAM } from "./ctl.ts";
import { globalOptions, withSeparateValues } from "./global_options.ts";
import type { Hints } from "./hints.ts";
import { withSuggestion } from "./suggestion.ts";

/** If no command is given. */
const DEFAULT_COMMAND = "status";

export type GlobalOptions = InferValue<ReturnType<typeof globalOptions>>;

/** The command to run, or an exit code after help, version, completion or an error was printed. */
export type Understood =
  | { readonly kind: "run"; readonly invocation: Invocation; readonly options: GlobalOptions }
  | { readonly kind: "over"; readonly exitCode: number };

/** Where help and errors are printed. */
export interface Pages {
  /** The name it was called by, for help and completion. */
  readonly program: string;
  readonly isColoured: boolean;
  /** Undefined: lines are not wrapped. */
  readonly columns: number | undefined;
  stdout(text: string): void;
  stderr(text: string): void;
}

/** Parses the arguments. Never rejects: errors are printed. */
export async function readCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  hints: Hints,
  pages: Pages,
): Promise<Understood> {
  const globals = globalOptions(hints);
  const words = withSeparateValues(args);
  if ((await parseAsync(globals, words)).success) words.push(DEFAULT_COMMAND);
  const parser = merge(globals, oneOf(commands, hints));
  let exitCode: number | undefined;
  const over = (code: number) => {
    exitCode = code;
  };
  const result = await runParserAsync<typeof parser, void, void>(
    parser,
    pages.program,
    words,
    {
      brief: plain("Control drbdd: show, check and change its configuration and services."),
      footer: plain("See also: drbddctl COMMAND --help, and the manual page drbddctl(8)."),
      usageLine: [{ type: "literal", value: "[OPTION]... COMMAND [ARGUMENT]..." }],
      help: {
        option: { names: ["-h", "--help"] },
        command: { names: ["help"], group: "Others" },
        onShow: over,
      },
      version: {
        value: `${PROGRAM} ${VERSION}`,
        option: { names: ["-V", "--version"] },
        onShow: () => over(EXIT.ok),
      },
      completion: {
        command: { names: ["generate-completion"], group: "Others" },
        onShow: () => over(EXIT.ok),
      },
      aboveError: "none",
      colors: pages.isColoured,
      termWidth: "auto",
      ...(pages.columns === undefined ? {} : { maxWidth: pages.columns }),
      stdout: (text) => pages.stdout(`${text}\n`),
      stderr: () => {},
      onError: (_code, error) => {
        const command = commands.find(({ name }) => args.includes(name))?.name;
        const help = [pages.program, ...(command === undefined ? [] : [command]), "--help"].join(" ");
        const message = formatMessage(error, { quotes: true }).trim().replaceAll(/\s*\n\s*/g, " ");
        const names = commands.map(({ name }) => name);
        const problem = withSuggestion(message, { args, command, commands: names });
        pages.stderr(`${pages.program}: ${problem}\n  Try: ${help}\n`);
        over(EXIT.usage);
      },
    },
  );
  if (exitCode !== undefined) return { kind: "over", exitCode };
  const { invocation, ...options } = result;
  return { kind: "run", invocation, options };
}

function oneOf(commands: readonly Command[], hints: Hints): CommandParser {
  const groups = GROUPS.flatMap((name) => {
    const parsers = commands.filter((command) => command.group === name).map((command) =>
      command.parser(hints)
    );
    return parsers.length === 0 ? [] : [group(name, either(parsers))];
  });
  return either(groups);
}

/** The type of `or` needs a tuple. */
function either(parsers: readonly CommandParser[]): CommandParser {
  const [first, ...rest] = parsers;
  if (first === undefined) throw new Error("There are no commands");
  return rest.reduce((all, next) => or(all, next), first);
}
